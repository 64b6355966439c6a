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
  targets: [
    // Layer 0
    .target(name: "Units"),
    .target(name: "Diagnostics"),
    // Layer 1
    .target(name: "ModelLanguage", dependencies: ["Units", "Diagnostics"]),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + swiftSettings
}
