using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Features;

/// <summary>What hangs on customers' accounts and moves when two accounts of one person become one; declared by the feature whose it is.</summary>
/// <param name="Name">Stable, in answers.</param>
/// <param name="Label">The key of its words.</param>
/// <param name="Count">How much there is, by tenant and account.</param>
/// <param name="Move">Moves all of it, by tenant, from the one account to the other. Both are locked; what stays behind goes with the account.</param>
public sealed record AccountPart(
    string Name, string Label, Func<ReadTx, string, string, ValueTask<long>> Count, Func<WriteTx, string, string, string, ValueTask> Move);
