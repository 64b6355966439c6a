/// The numerics as a whole: methods, step control, random numbers, elementary functions, designs.
public enum Numerics {
  /// Which numerics computed a run; part of the identity of every run.
  ///
  /// To be raised by every change that gives the same run other bits: a finished run of another
  /// version is then never taken for one of this. A test compares the bits of many runs with those
  /// recorded in `Tests/Golden/net/table.txt`, at whose top stands why each version has others.
  public static let version = 4
}
