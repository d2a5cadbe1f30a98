using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Relays.Engines;

/// <summary>
/// The relay's image, made from this very program and the few libraries of this machine that it loads, in the form that every engine
/// takes (<c>docker save</c>): no registry, nothing else inside. The same files make the same image, whose tag is its content's hash.
/// </summary>
public sealed class RelayImage : IDisposable
{
    public const string Repository = "gatehouse/relay", ContentLabel = "gatehouse.content";
    private const int User = 65532;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runs = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Libraries = "lib", Authorities = "etc/ssl/certs/ca-certificates.crt";

    // The runtime loads these by name when it first needs them; libc looks names up by the rest.
    private static readonly string[] Needed = ["libssl.so.3", "libcrypto.so.3"], Wanted = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];
    private static readonly string[] AuthorityFiles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    private readonly string _path;

    private RelayImage(string path, string machine, string layer, string tag)
    {
        (_path, Machine, Layer, Tag, Size) = (path, machine, layer, tag, new FileInfo(path).Length);
    }

    /// <summary><c>amd64</c> or <c>arm64</c>.</summary>
    public string Machine { get; }

    /// <summary>The hash of its files, as engines list it: <c>sha256:...</c>.</summary>
    public string Layer { get; }

    /// <summary><c>gatehouse/relay:</c> and its content's hash.</summary>
    public string Tag { get; }

    /// <summary>In bytes, as it is sent.</summary>
    public long Size { get; }

    public FileStream Open() => File.OpenRead(_path);

    public void Dispose() => File.Delete(_path);

    /// <summary>Makes the image in a file of the folder, until it is disposed.</summary>
    /// <param name="program">The published program.</param>
    /// <exception cref="InvalidDataException">It cannot be packed: it is no published program, or a library that it needs is missing here.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task<RelayImage> Make(string program, string folder, CancellationToken ct)
    {
        var (machine, loader) = Elf.Read(program);
        var path = Path.Combine(folder, "relay-image-" + Guid.NewGuid().ToString("N"));
        var files = path + ".layer";
        try
        {
            await using (var layer = File.Create(files))
                await Layers(layer, program, loader, ct);
            var hash = await Hash(files, ct);
            var config = Config(machine, hash);
            var tag = $"{Repository}:{Convert.ToHexStringLower(SHA256.HashData(config))[..24]}";
            await using (var image = File.Create(path))
                await Image(image, files, config, tag, ct);
            return new RelayImage(path, machine, hash, tag);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            File.Delete(files);
        }
    }

    private static async Task Layers(Stream to, string program, string loader, CancellationToken ct)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await Take(found, loader, program, ct);
        var places = found.Values.Select(f => Path.GetDirectoryName(f)!).Concat(["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib"]).Distinct().ToList();
        foreach (var name in Needed.Concat(Wanted))
        {
            if (places.Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists) is { } file)
            {
                found[name] = file;
                await Take(found, loader, file, ct);
            }
            else if (Needed.Contains(name))
                throw new InvalidDataException($"{name} is missing on this machine: install OpenSSL 3.");
        }
        await using var tar = new TarWriter(to, TarEntryFormat.Ustar, leaveOpen: true);
        var made = new HashSet<string>();
        await Add(program, "gatehouse", Runs);
        await Add(loader, loader.TrimStart('/'), Runs);
        foreach (var (name, file) in found)
            await Add(file, $"{Libraries}/{name}", Readable);
        if (Array.Find(AuthorityFiles, File.Exists) is { } authorities)
            await Add(authorities, Authorities, Readable);
        await Text("etc/passwd", $"root:x:0:0:root:/:/nologin\nrelay:x:{User}:{User}:relay:/data:/nologin\n");
        await Text("etc/group", $"root:x:0:\nrelay:x:{User}:\n");
        await Text("etc/nsswitch.conf", "hosts: files dns\n");
        await Folder("dev", Runs, 0);
        await Folder("proc", Runs, 0);
        await Folder("sys", Runs, 0);
        await Folder("tmp", Runs | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit, 0);
        await Folder("data", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, User);

        async Task Add(string file, string name, UnixFileMode mode)
        {
            await Above(name);
            await using var content = File.OpenRead(file);
            await Entry(tar, TarEntryType.RegularFile, name, mode, 0, content, ct);
        }

        async Task Text(string name, string text)
        {
            await Above(name);
            await Entry(tar, TarEntryType.RegularFile, name, Readable, 0, new MemoryStream(Encoding.ASCII.GetBytes(text)), ct);
        }

        async Task Above(string name)
        {
            for (var at = name.IndexOf('/', StringComparison.Ordinal); at > 0; at = name.IndexOf('/', at + 1))
                await Folder(name[..at], Runs, 0);
        }

        async Task Folder(string name, UnixFileMode mode, int owner)
        {
            if (made.Add(name))
                await Entry(tar, TarEntryType.Directory, name + "/", mode, owner, null, ct);
        }
    }

    // The libraries that the loader would give the file, asked of the loader itself: there may be no shell here, nor ldd.
    private static async Task Take(SortedDictionary<string, string> found, string loader, string file, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(loader, ["--list", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0 || said[0].Contains("not found", StringComparison.Ordinal))
            throw new InvalidDataException($"{file} cannot be loaded here: {said[1]}{said[0]}".Trim());
        foreach (var line in said[0].Split('\n'))
            if (line.Split(" => ") is [var name, var place] && place.LastIndexOf(" (", StringComparison.Ordinal) is > 0 and var end)
                found[name.Trim()] = place[..end];
    }

    private static async Task Image(Stream to, string layer, byte[] config, string tag, CancellationToken ct)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(config)) + ".json";
        await using var tar = new TarWriter(to, TarEntryFormat.Ustar, leaveOpen: true);
        await Entry(tar, TarEntryType.RegularFile, name, Readable, 0, new MemoryStream(config), ct);
        await using (var content = File.OpenRead(layer))
            await Entry(tar, TarEntryType.RegularFile, "layer.tar", Readable, 0, content, ct);
        var manifest = Json(json =>
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("Config", name);
            List(json, "RepoTags", tag);
            List(json, "Layers", "layer.tar");
            json.WriteEndObject();
            json.WriteEndArray();
        });
        await Entry(tar, TarEntryType.RegularFile, "manifest.json", Readable, 0, new MemoryStream(manifest), ct);
    }

    private static byte[] Config(string machine, string layer) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("architecture", machine);
        json.WriteString("os", "linux");
        json.WriteStartObject("config");
        json.WriteString("User", $"{User}:{User}");
        json.WriteString("WorkingDir", RelayContainer.Data);
        List(json, "Entrypoint", "/gatehouse", "relay");
        List(json, "Env", $"LD_LIBRARY_PATH=/{Libraries}", $"SSL_CERT_FILE=/{Authorities}", $"GATEHOUSE_RELAY_DATA={RelayContainer.Data}", "GATEHOUSE_RELAY_LISTEN=:8443", "GATEHOUSE_RELAY_STUN=:3478");
        Names(json, "ExposedPorts", "8443/tcp", "3478/udp");
        Names(json, "Volumes", RelayContainer.Data);
        json.WriteStartObject("Labels");
        json.WriteString(ContentLabel, layer);
        json.WriteEndObject();
        json.WriteStartObject("Healthcheck");
        List(json, "Test", "CMD", "/gatehouse", "relay", "healthcheck");
        json.WriteNumber("Interval", 60_000_000_000);
        json.WriteNumber("Timeout", 10_000_000_000);
        json.WriteNumber("StartPeriod", 10_000_000_000);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        List(json, "diff_ids", layer);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Task Entry(TarWriter tar, TarEntryType type, string name, UnixFileMode mode, int owner, Stream? content, CancellationToken ct)
    {
        // The same bytes whenever they are packed.
        var entry = new UstarTarEntry(type, name) { Mode = mode, Uid = owner, Gid = owner, ModificationTime = DateTimeOffset.UnixEpoch };
        if (content is not null)
            entry.DataStream = content;
        return tar.WriteEntryAsync(entry, ct);
    }

    private static async Task<string> Hash(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    private static void List(Utf8JsonWriter json, string name, params ReadOnlySpan<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Names(Utf8JsonWriter json, string name, params ReadOnlySpan<string> values)
    {
        json.WriteStartObject(name);
        foreach (var value in values)
        {
            json.WriteStartObject(value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            write(json);
        return stream.ToArray();
    }
}
