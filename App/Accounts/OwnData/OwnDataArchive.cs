using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.OwnData;

/// <summary>All that the program knows of a customer, as a ZIP of JSON files that features have declared.</summary>
public sealed class OwnDataArchive(Database db, IEnumerable<OwnDataFile> files)
{
    // Names and reasons as people write them, not as \u escapes: the files are read by people.
    private static readonly JsonWriterOptions Written = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The archive, as it is at one moment.</summary>
    public async Task<byte[]> Of(Caller who, CancellationToken ct)
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, json) in await db.Read(s => Files(s, who), ct))
            {
                await using var entry = await zip.CreateEntry(name).OpenAsync(ct);
                await entry.WriteAsync(json, ct);
            }
        return archive.ToArray();
    }

    private async ValueTask<List<(string Name, byte[] Json)>> Files(ReadTx s, Caller who)
    {
        var all = new List<(string, byte[])>();
        foreach (var file in files)
        {
            using var text = new MemoryStream();
            await using (var json = new Utf8JsonWriter(text, Written))
                await file.Write(s, who.TenantId, who.Id!, json);
            all.Add((file.Name, text.ToArray()));
        }
        return all;
    }
}
