using System.Text.Json;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Features;

/// <summary>A file of what a customer takes along of their own data, declared by the feature whose data it is.</summary>
/// <param name="Name">In the archive, such as <c>keys.json</c>.</param>
/// <param name="Write">Writes one JSON value: all that there is of the account of that tenant and id, and nothing that staff noted for themselves.</param>
public sealed record OwnDataFile(string Name, Func<ReadTx, string, string, Utf8JsonWriter, ValueTask> Write);
