// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Afterglow",
  products: [],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2")
  ],
  targets: [
    // Layer 0
    .target(name: "Units"),
    .target(name: "Diagnostics"),
    .target(name: "CElementwise"),
    .target(name: "Programs", dependencies: ["CElementwise"]),
    // Layer 1
    .target(name: "ModelLanguage", dependencies: ["Units", "Diagnostics"]),
    .target(name: "Solvers", dependencies: ["Programs"]),
    .target(name: "Datasets", dependencies: ["Units"]),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5-serial",
      providers: [.apt(["libhdf5-dev", "pkg-config"])]),
    .target(name: "Storage", dependencies: ["Datasets", "CHDF5"]),
    .target(name: "LinearAlgebra", dependencies: ["Programs"]),
    // Layer 2
    .target(name: "Dynamics", dependencies: ["ModelLanguage", "Solvers", "Programs"]),
    // Layer 4
    .target(
      name: "Simulations", dependencies: ["Dynamics", "LinearAlgebra", "ModelLanguage", "Programs", "Solvers", "Units"]),
    // Layer 5
    .target(
      name: "Experiments",
      dependencies: [
        "Datasets", "Diagnostics", "ModelLanguage", "Simulations", "Solvers", "Storage", "Units",
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: ["Experiments", "Diagnostics", "ModelLanguage", "Simulations", "Units"]),
    .testTarget(name: "CElementwiseTests", dependencies: ["CElementwise"]),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "ProgramsTests", dependencies: ["Programs"]),
    .testTarget(
      name: "SimulationsTests",
      dependencies: ["Simulations", "ModelLanguage", "Programs", "Solvers", "Units", "Diagnostics"]),
    .testTarget(name: "SolversTests", dependencies: ["Solvers", "Programs"]),
  ],
  cLanguageStandard: .gnu2x
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
  target.swiftSettings = (target.swiftSettings ?? []) + swiftSettings
}
