using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Platform.Ui;

/// <summary>The files of wwwroot, embedded in the binary in their Brotli and gzip forms; what is packed by its nature, as it is.</summary>
public static class Assets
{
    const string Prefix = "assets/";
    const int HashLength = 8;

    static readonly FrozenDictionary<string, Asset> ByPath = Read(typeof(Assets).Assembly);
    static readonly FrozenDictionary<string, Asset> ByHashedPath = ByPath.Values.ToFrozenDictionary(a => a.HashedPath);

    /// <summary>Every embedded path, as in wwwroot: <c>lib/htmx/htmx.min.js</c>.</summary>
    public static IEnumerable<string> Paths => ByPath.Keys;

    /// <summary>The address of a wwwroot file, with its content hash, so that it may be cached for ever.</summary>
    /// <exception cref="ArgumentException">There is no such file: a typo in a page.</exception>
    public static string Url(string path) => ByPath.TryGetValue(path, out var asset)
        ? asset.Url
        : throw new ArgumentException($"wwwroot/{path} does not exist.", nameof(path));

    /// <summary>Serves <c>/assets/**</c>, <c>/favicon.ico</c> and <c>/robots.txt</c> to GET and HEAD.</summary>
    public static RouteGroupBuilder MapAssets(this IEndpointRouteBuilder routes)
    {
        string[] verbs = [HttpMethods.Get, HttpMethods.Head];
        var group = routes.MapGroup("");
        group.ExcludeFromDescription();
        group.MapMethods("/assets/{**path}", verbs, (RequestDelegate)(http => Serve(http, http.Request.RouteValues["path"] as string ?? "")));
        group.MapMethods("/favicon.ico", verbs, (RequestDelegate)(http => Serve(http, "favicon.ico")));
        group.MapMethods("/robots.txt", verbs, (RequestDelegate)(http => Serve(http, "robots.txt")));
        return group;
    }

    static Task Serve(HttpContext http, string path)
    {
        var current = ByHashedPath.TryGetValue(path, out var asset);
        if (!current && !ByPath.TryGetValue(path, out asset) && !ByPath.TryGetValue(WithoutHash(path), out asset))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var (encoding, body, tag) = asset!.Choose(http.Request.Headers.AcceptEncoding);
        var headers = http.Response.Headers;
        headers.ETag = tag;
        headers.Vary = HeaderNames.AcceptEncoding;
        // An old or bare address gets what is current, and must ask again next time.
        headers.CacheControl = current ? "public, max-age=31536000, immutable" : "no-cache";
        if (Matches(http.Request.Headers.IfNoneMatch, tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        headers.ContentType = asset.ContentType;
        if (encoding is not null) headers.ContentEncoding = encoding;
        headers.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    /// <summary><c>a/b.1234abcd.js</c> -> <c>a/b.js</c>; a path without a hash comes back as it is.</summary>
    internal static string WithoutHash(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        var dot = path.LastIndexOf('.');
        if (IsHash(path, dot + 1, path.Length)) return path[..Math.Max(dot, 0)];
        var before = dot > name ? path.LastIndexOf('.', dot - 1) : -1;
        return before >= name && IsHash(path, before + 1, dot) ? path.Remove(before, dot - before) : path;
    }

    static bool IsHash(string path, int from, int to) =>
        to - from == HashLength && !path.AsSpan(from, HashLength).ContainsAnyExcept(Hex);

    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    static bool Matches(StringValues asked, string tag)
    {
        foreach (var line in asked)
        {
            if (line is null) continue;
            foreach (var range in line.AsSpan().Split(','))
            {
                var one = line.AsSpan(range).Trim();
                if (one.StartsWith("W/")) one = one[2..];
                if (one is "*" || one.SequenceEqual(tag)) return true;
            }
        }
        return false;
    }

    static FrozenDictionary<string, Asset> Read(Assembly assembly)
    {
        var resources = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => Resource.Open(assembly, name));
        return resources.Keys.Select(WithoutForm).Distinct()
            .ToFrozenDictionary(path => path, path => new Asset(path, resources.GetValueOrDefault(path),
                resources.GetValueOrDefault(path + ".br"), resources.GetValueOrDefault(path + ".gz")));

        string WithoutForm(string path) => path.EndsWith(".br", StringComparison.Ordinal) || path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
    }

    sealed class Asset
    {
        readonly Lazy<Body> plain;
        readonly Body? brotli, gzip;

        /// <param name="whole">As it is; null where the other two are.</param>
        public Asset(string path, Resource? whole, Resource? brotli, Resource? gzip)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData((whole ?? gzip!).Memory.Span))[..HashLength];
            var dot = path.LastIndexOf('.');
            HashedPath = dot > path.LastIndexOf('/') ? $"{path[..dot]}.{hash}{path[dot..]}" : $"{path}.{hash}";
            Url = "/" + Prefix + HashedPath;
            ContentType = TypeOf(Path.GetExtension(path));
            // Hardly anybody asks for it.
            plain = new(() => new(null, whole?.Memory ?? Unpacked(gzip!), $"\"{hash}\""));
            // A small file may grow when packed: then it goes as it is.
            var length = whole is null ? UnpackedLength(gzip!) : 0;
            if (brotli?.Length < length) this.brotli = new("br", brotli.Memory, $"\"{hash}-br\"");
            if (gzip?.Length < length) this.gzip = new("gzip", gzip.Memory, $"\"{hash}-gz\"");
        }

        // What gzip ends with (RFC 1952, 2.3.1).
        static int UnpackedLength(Resource gzip) => BinaryPrimitives.ReadInt32LittleEndian(gzip.Memory.Span[^4..]);

        static byte[] Unpacked(Resource gzip)
        {
            var bytes = new byte[UnpackedLength(gzip)];
            using var packed = new MemoryStream(gzip.Memory.ToArray());
            using var stream = new GZipStream(packed, CompressionMode.Decompress);
            stream.ReadExactly(bytes);
            return bytes;
        }

        public string HashedPath { get; }
        public string Url { get; }
        public string ContentType { get; }

        public Body Choose(StringValues accepted)
        {
            double br = -1, gz = -1, any = -1;
            foreach (var line in accepted)
            {
                if (line is null) continue;
                foreach (var range in line.AsSpan().Split(','))
                {
                    var one = line.AsSpan(range);
                    var end = one.IndexOf(';');
                    var name = (end < 0 ? one : one[..end]).Trim();
                    var weight = end < 0 ? 1 : Weight(one[(end + 1)..]);
                    if (name.Equals("br", StringComparison.OrdinalIgnoreCase)) br = weight;
                    else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase)) gz = weight;
                    else if (name is "*") any = weight;
                }
            }
            if (br < 0) br = any;
            if (gz < 0) gz = any;
            if (brotli is not null && br > 0 && br >= gz) return brotli;
            return gzip is not null && gz > 0 ? gzip : plain.Value;
        }

        static double Weight(ReadOnlySpan<char> parameter)
        {
            var text = parameter.Trim();
            return text.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && double.TryParse(text[2..], out var q) ? q : 1;
        }
    }

    sealed record Body(string? Encoding, ReadOnlyMemory<byte> Bytes, string Tag);

    static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".json" => "application/json",
        ".webmanifest" => "application/manifest+json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".woff2" => "font/woff2",
        "" or ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };

    /// <summary>An embedded resource as memory: it stays mapped as long as the process lives, so nothing is copied.</summary>
    sealed unsafe class Resource : MemoryManager<byte>
    {
        readonly byte* start;
        readonly int length;

        Resource(byte* start, int length)
        {
            this.start = start;
            this.length = length;
        }

        public int Length => length;

        public static Resource Open(Assembly assembly, string name)
        {
            using var stream = (UnmanagedMemoryStream)assembly.GetManifestResourceStream(name)!;
            return new(stream.PositionPointer, checked((int)stream.Length));
        }

        public override Span<byte> GetSpan() => new(start, length);
        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);
        public override void Unpin() { }
        protected override void Dispose(bool disposing) { }
    }
}
