// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Afterglow",
  products: [
    .executable(name: "afterglow", targets: ["afterglow"]),
    .library(
      name: "Afterglow",
      targets: [
        "Units", "Diagnostics", "ModelLanguage", "Programs", "Solvers", "Dynamics", "Networks",
        "Simulations", "Datasets", "Storage", "Experiments",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Layer 0
    .target(name: "Units"),
    .target(name: "Diagnostics"),
    .target(name: "CElementwise"),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev", "pkg-config"])]),
    .target(name: "Programs", dependencies: ["CElementwise"]),
    // Layer 1
    .target(name: "ModelLanguage", dependencies: ["Units", "Diagnostics"]),
    .target(name: "Solvers", dependencies: ["Programs"]),
    .target(name: "LinearAlgebra", dependencies: ["Programs"]),
    .target(name: "Datasets", dependencies: ["Units"]),
    // Layer 2
    .target(name: "Dynamics", dependencies: ["ModelLanguage", "Solvers", "Programs"]),
    // Layer 3
    .target(
      name: "Networks",
      dependencies: ["Dynamics", "ModelLanguage", "Programs", "Solvers", "Diagnostics", "Units"]),
    // Layer 4
    .target(
      name: "Simulations",
      dependencies: ["Dynamics", "LinearAlgebra", "ModelLanguage", "Programs", "Solvers", "Units"]),
    .target(name: "Storage", dependencies: ["Datasets", "CHDF5"]),
    // Layer 5
    .target(
      name: "Experiments",
      dependencies: [
        "Simulations", "Networks", "Dynamics", "Solvers", "Programs", "Storage", "Datasets",
        "ModelLanguage", "Units", "Diagnostics", .product(name: "Yams", package: "Yams"),
      ]),
    // Layer 6
    .executableTarget(
      name: "afterglow",
      dependencies: [
        "Experiments", "Simulations", "Networks", "Dynamics", "LinearAlgebra", "Solvers",
        "Programs",
        "Storage", "Datasets", "ModelLanguage", "Units", "Diagnostics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "CReferenceMathematics", dependencies: ["CElementwise"],
      path: "Tests/CReferenceMathematics"),
    .testTarget(
      name: "CElementwiseTests", dependencies: ["CElementwise", "CReferenceMathematics"]),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "UnitsTests", dependencies: ["Units"]),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(
      name: "ModelLanguageTests", dependencies: ["ModelLanguage", "Diagnostics", "Units"]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "Diagnostics", "ModelLanguage", "Networks", "Programs", "Simulations",
        "Solvers", "Storage", "Units", "CHDF5",
      ]),
    .testTarget(name: "ProgramsTests", dependencies: ["Programs"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "Datasets"]),
    .testTarget(name: "SolversTests", dependencies: ["Solvers", "Programs"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Networks", "ModelLanguage", "Programs", "Solvers", "Diagnostics", "Units"]),
    .testTarget(
      name: "AgreementTests",
      dependencies: [
        "Experiments", "Networks", "Simulations", "Dynamics", "ModelLanguage", "Programs",
        "Solvers", "Diagnostics", "Units",
      ]),
    .testTarget(
      name: "SimulationsTests",
      dependencies: ["Simulations", "ModelLanguage", "Programs", "Solvers", "Units", "Diagnostics"]),
  ],
  cLanguageStandard: .gnu2x
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
  target.swiftSettings = (target.swiftSettings ?? []) + swiftSettings
}
