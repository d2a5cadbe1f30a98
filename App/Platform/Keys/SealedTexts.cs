using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Keys;

/// <summary>A column of sealed texts; its name begins with <c>sealed_</c>. An empty text is none.</summary>
/// <param name="Id">The table's key column.</param>
/// <param name="Purpose">What the texts are sealed for; see <see cref="SecretBox.Seal"/>.</param>
/// <param name="GiveUp">The statement that ends all of them when their key is lost; <c>@now</c> is the time in unix milliseconds.</param>
public sealed record SealedColumn(string Table, string Id, string Column, string Purpose, string GiveUp);

/// <summary>Everything in the database that is sealed under the master key, as features have registered it.</summary>
public sealed class SealedTexts(IEnumerable<SealedColumn> columns, SecretBox box, TimeProvider clock)
{
    private const int PageSize = 1000;

    /// <summary>The registered columns.</summary>
    public IReadOnlyList<SealedColumn> Columns { get; } = [.. columns];

    /// <summary>Seals every text anew and puts the new key in force, within the caller's transaction. Returns how many there were.</summary>
    /// <exception cref="KeyFileException">Another rotation came first.</exception>
    /// <exception cref="CryptographicException">A text cannot be opened: nothing may be changed then.</exception>
    public async ValueTask<int> Reseal(WriteTx s, SecretBox fresh)
    {
        await KeyFingerprint.Confirm(s, box);
        var count = 0;
        foreach (var column in Columns)
            count += await Walk(s, column, async rows => await s.ExecuteMany($"UPDATE {column.Table} SET {column.Column} = @sealed WHERE {column.Id} = @id",
                [.. rows.Select(r => new (string, object?)[] { ("sealed", fresh.Seal(box.Open(r.Text, column.Purpose), column.Purpose)), ("id", r.Id) })]));
        await KeyFingerprint.Replace(s, fresh, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return count;
    }

    /// <summary>Ends every text whose key is lost and puts this process's key in force, within the caller's transaction.</summary>
    public async ValueTask GiveUp(WriteTx s)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var column in Columns)
            await s.Execute(column.GiveUp, ("now", now));
        await KeyFingerprint.Adopt(s, box, now);
        await KeyFingerprint.Replace(s, box, now);
    }

    /// <summary>What cannot be opened, a sentence each, and whether the database knows its key; empty when all is well.</summary>
    public Task<IReadOnlyList<string>> Check(Database db) => db.Read<IReadOnlyList<string>>(async s =>
    {
        var findings = new List<string>();
        if (await KeyFingerprint.Find(s) != box.Fingerprint)
            findings.Add($"The database does not know the fingerprint of {KeyFolder.FileName}.");
        foreach (var column in Columns)
            await Walk(s, column, rows =>
            {
                foreach (var (id, text) in rows)
                    if (Fault(text, column.Purpose) is { } fault)
                        findings.Add($"{column.Table} {id}: {fault}");
                return ValueTask.CompletedTask;
            });
        return findings;
    });

    private static async ValueTask<int> Walk(ReadTx s, SealedColumn column, Func<List<(string Id, string Text)>, ValueTask> visit)
    {
        var count = 0;
        for (var after = ""; ;)
        {
            var rows = await s.All($"SELECT {column.Id}, {column.Column} FROM {column.Table} WHERE {column.Id} > @after AND {column.Column} <> '' ORDER BY {column.Id} LIMIT {PageSize}",
                r => (Id: r.GetString(0), Text: r.GetString(1)), ("after", after));
            if (rows.Count == 0)
                return count;
            await visit(rows);
            (after, count) = (rows[^1].Id, count + rows.Count);
        }
    }

    private string? Fault(string text, string purpose)
    {
        try
        {
            box.Open(text, purpose);
            return null;
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
    }
}
