using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.TicketFiles;

/// <summary>
/// The folder <c>attachments</c> of the data folder. A file is there as a whole and durable before a row names it; one that no row names
/// is tidied away. Files have names that nobody can guess and that say nothing.
/// </summary>
public sealed class TicketFolder(DataFolder data, TimeProvider clock)
{
    public const string Name = "attachments";

    // A file that was written and has no row yet is no orphan; neither is one that is being written.
    internal static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private const string Incoming = "incoming";
    private const int DiskFull = 28; // ENOSPC
    private const int Lookup = 200;
    private readonly string _root = Path.Combine(data.Path, Name);

    /// <summary>Writes what is sent into the folder. Whoever calls gives it a row, or takes it away again by <see cref="Remove"/>.</summary>
    /// <param name="field">What is refused by its name.</param>
    /// <exception cref="Refusal">422: it is empty, too large or of a kind that is not taken.</exception>
    /// <exception cref="StorageFullException">The disk has no room.</exception>
    public async Task<KeptFile> Keep(Stream content, string? name, string field, CancellationToken ct)
    {
        var stored = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var part = Path.Combine(_root, Incoming, stored);
        try
        {
            Make(Path.Combine(_root, Incoming));
            var (kind, bytes, hash) = await Write(content, part, field, ct);
            Make(Path.GetDirectoryName(PathOf(stored))!);
            File.Move(part, PathOf(stored));
            PrivateFile.SyncFolder(Path.GetDirectoryName(PathOf(stored))!);
            return new KeptFile(kind.Named(name), kind.Type, bytes, hash, stored);
        }
        catch (IOException e) when (e.HResult == DiskFull)
        {
            Delete(part);
            throw new StorageFullException(e);
        }
        catch
        {
            Delete(part);
            throw;
        }
    }

    /// <summary>Where the file lies; null when it is not there: a copy of the database without its folder, or another node's.</summary>
    public string? Find(TicketFile file) => PathOf(file.Stored) is var path && new FileInfo(path) is { Exists: true } found && found.Length == file.Bytes ? path : null;

    /// <summary>Takes files away that no row names any more; what cannot be taken away now, the tidying does.</summary>
    public void Remove(IEnumerable<string> stored)
    {
        foreach (var name in stored)
            Delete(PathOf(name));
    }

    /// <summary>Removes files that no row names, and what was never written to its end. Returns how many.</summary>
    public async Task<int> Tidy(Database db, CancellationToken ct)
    {
        if (!Directory.Exists(_root))
            return 0;
        var (before, removed) = (clock.GetUtcNow().UtcDateTime - Grace, 0);
        foreach (var folder in Directory.EnumerateDirectories(_root).ToList())
        {
            var old = Directory.EnumerateFiles(folder).Where(f => File.GetLastWriteTimeUtc(f) < before).Select(f => Path.GetFileName(f)).ToList();
            foreach (var some in old.Chunk(Lookup))
            {
                var known = Path.GetFileName(folder) == Incoming ? [] : await db.Read(s => TicketFileStore.Known(s, some), ct);
                foreach (var orphan in some.Except(known))
                {
                    Delete(Path.Combine(folder, orphan));
                    removed++;
                }
            }
        }
        return removed;
    }

    // Hashed and measured on its way to the disk, so that none is in memory as a whole.
    private static async Task<(FileKind Kind, long Bytes, string Hash)> Write(Stream content, string part, string field, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (OperatingSystem.IsLinux())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(part, options);
        var buffer = new byte[64 * 1024];
        var (bytes, filled) = (0L, 0);
        FileKind? kind = null;
        for (var read = -1; read != 0;)
        {
            read = await content.ReadAsync(buffer.AsMemory(filled), ct);
            filled += read;
            bytes += read;
            if (bytes > FileLimits.MaxBytes)
                throw Refusal.Field(field, "tickets.field.file_large", FileLimits.MaxBytes / FileLimits.Megabyte);
            // The kind is seen in the beginning, however small the pieces are that it comes in.
            if (kind is null && read != 0 && filled < FileKind.HeadBytes)
                continue;
            kind ??= FileKind.Of(buffer.AsSpan(0, Math.Min(filled, FileKind.HeadBytes))) ?? throw Refusal.Field(field, bytes == 0 ? "tickets.field.file_empty" : "tickets.field.file_kind");
            hash.AppendData(buffer, 0, filled);
            await file.WriteAsync(buffer.AsMemory(0, filled), ct);
            filled = 0;
        }
        file.Flush(flushToDisk: true);
        return (kind!, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private string PathOf(string stored) => Path.Combine(_root, stored[..2], stored);

    private static void Make(string folder)
    {
        if (OperatingSystem.IsLinux())
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        else
            Directory.CreateDirectory(folder);
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody can reach it; the tidying tries again.
        }
    }
}

/// <summary>Files that were written for one request: unless a transaction has named them, they go again.</summary>
public sealed class KeptFiles(TicketFolder folder) : IDisposable
{
    private readonly List<KeptFile> _files = [];
    private bool _named;

    public IReadOnlyList<KeptFile> All => _files;

    /// <inheritdoc cref="TicketFolder.Keep"/>
    public async Task Add(Stream content, string? name, string field, CancellationToken ct) => _files.Add(await folder.Keep(content, name, field, ct));

    /// <summary>The files of a form's inputs of that name.</summary>
    /// <exception cref="Refusal">422: too many, or one of them as <see cref="TicketFolder.Keep"/> says.</exception>
    public async Task Add(IFormCollection form, string field, CancellationToken ct)
    {
        // A browser sends an input that was left empty as a file without name and content.
        var sent = form.Files.Where(f => f.Name == field && (f.Length > 0 || f.FileName.Length > 0)).ToList();
        if (sent.Count > FileLimits.MaxFiles)
            throw Refusal.Field(field, "tickets.field.files_many", FileLimits.MaxFiles);
        foreach (var file in sent)
        {
            await using var content = file.OpenReadStream();
            await Add(content, file.FileName, field, ct);
        }
    }

    /// <summary>The transaction that names them has committed.</summary>
    public void Named() => _named = true;

    public void Dispose()
    {
        if (!_named)
            folder.Remove(_files.Select(f => f.Stored));
    }
}
