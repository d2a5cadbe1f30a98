namespace Gatehouse.Platform.Storage;

/// <summary>What must hold between a feature's rows, looked at by <c>db check</c>.</summary>
/// <param name="Subject">What is checked, for people at the shell: <c>Keys</c>.</param>
public sealed record ConsistencyCheck(string Subject, Func<Database, Task<ConsistencyFindings>> Run);

/// <param name="Errors">What cannot be, a sentence each.</param>
/// <param name="Notes">What is only worth a look.</param>
public sealed record ConsistencyFindings(IReadOnlyList<string> Errors, IReadOnlyList<string> Notes);
