using System.Text.Json;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>What an operation that makes keys gave: the ids of their batches, and how many keys.</summary>
public sealed record BatchResult(IReadOnlyList<string> Batches, long Count);

/// <summary>Generating and importing as operations: in the browser generating runs in the background, else they are recorded as they are done.</summary>
public static class BatchOperations
{
    public const string Generate = "keys.generate";
    public const string Import = "keys.import";

    public static readonly IReadOnlyList<OperationKind> Kinds =
        [new(Generate, LicensingPermissions.KeysRead, RunGenerate) { Outcome = Outcome }, new(Import, LicensingPermissions.KeysRead) { Outcome = Outcome }];

    /// <summary>A key for the operation that a new form will start: nobody can guess it, and a form that is sent twice makes one batch.</summary>
    public static string NewKey() => OpaqueToken.Create();

    public static string Request(NewKeys wanted) => JsonSerializer.Serialize(wanted, BatchJson.Default.NewKeys);

    public static string Result(IReadOnlyCollection<Batch> batches) =>
        JsonSerializer.Serialize(new BatchResult([.. batches.Select(b => b.Id)], batches.Sum(b => b.Count)), BatchJson.Default.BatchResult);

    /// <summary>The id of the batch that was generated; null as long as there is none.</summary>
    public static string? BatchOf(Operation operation) =>
        operation.Result is { } json ? JsonSerializer.Deserialize(json, BatchJson.Default.BatchResult)!.Batches[0] : null;

    /// <summary>See <see cref="OperationKind.Outcome"/>.</summary>
    public static OperationOutcome Outcome(string result)
    {
        var made = JsonSerializer.Deserialize(result, BatchJson.Default.BatchResult)!;
        return new OperationOutcome(new Message("keys.count", made.Count), made.Batches.Count == 1 ? LicenseLinks.Batch(made.Batches[0]) : LicenseLinks.Batches);
    }

    /// <summary>See <see cref="OperationKind.Run"/>.</summary>
    public static async ValueTask<string> RunGenerate(IServiceProvider services, WriteTx tx, OperationRun run)
    {
        var wanted = JsonSerializer.Deserialize(run.Operation.Request, BatchJson.Default.NewKeys)!;
        return Result([(await services.GetRequiredService<BatchService>().Generate(tx, run.Operation.Who, wanted, run)).Batch]);
    }
}
