using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.Engines;

/// <summary>An engine as people name it; what is secret is there only while it is given.</summary>
/// <param name="Url"><c>unix:///path</c>, <c>tcp://host:port</c>, or <c>ssh://user@host:port/path</c> with the engine's socket there.</param>
public sealed record DockerSettings(string? Url = null, DockerTls? Tls = null, DockerSsh? Ssh = null)
{
    private const int Longest = 20_000, TlsPort = 2376, SshPort = 22;

    /// <summary>What is said to be wrong under these names.</summary>
    public const string UrlField = "docker.url", TlsField = "docker.tls", SshField = "docker.ssh", HostKeyField = "docker.ssh.host_key";

    public override string ToString() => nameof(DockerSettings);

    /// <summary>As JSON.</summary>
    public string ToText() => JsonSerializer.Serialize(this, DockerJson.Default.DockerSettings);

    /// <exception cref="Refusal">422: it is none.</exception>
    public static DockerSettings Parse(string text)
    {
        try
        {
            if (text.Length <= Longest && JsonSerializer.Deserialize(text, DockerJson.Default.DockerSettings) is { } settings)
                return settings;
        }
        catch (JsonException)
        {
            // It is said below.
        }
        throw Refusal.Field("docker", "servers.docker.wrong.shape");
    }

    /// <summary>Is it on this machine?</summary>
    [JsonIgnore]
    public bool IsHere => Url?.StartsWith("unix:", StringComparison.Ordinal) == true;

    /// <summary>The same without what is secret.</summary>
    [JsonIgnore]
    public DockerSettings Open => this with { Tls = Tls is null ? null : Tls with { Key = null }, Ssh = Ssh is null ? null : Ssh with { PrivateKey = null, Password = null } };

    /// <summary>What is secret in it.</summary>
    [JsonIgnore]
    public DockerSecrets Secrets => new(Given(Tls?.Key), Given(Ssh?.PrivateKey), Given(Ssh?.Password));

    /// <summary>With what is kept of an engine where nothing else is given.</summary>
    public DockerSettings Over(DockerSettings before, DockerSecrets secrets) => this with
    {
        Tls = Url?.StartsWith("tcp:", StringComparison.Ordinal) != true ? null : new(Given(Tls?.Ca) ?? before.Tls?.Ca, Given(Tls?.Certificate) ?? before.Tls?.Certificate, Given(Tls?.Key) ?? secrets.Key),
        Ssh = Url?.StartsWith("ssh:", StringComparison.Ordinal) != true ? null : new(Given(Ssh?.HostKey) ?? before.Ssh?.HostKey, Given(Ssh?.PrivateKey) ?? (Given(Ssh?.Password) is null ? secrets.PrivateKey : null), Given(Ssh?.Password) ?? (Given(Ssh?.PrivateKey) is null ? secrets.Password : null)),
    };

    /// <summary>Where it is. Of an engine by SSH whose host nobody has confirmed yet, the host's key is empty.</summary>
    /// <param name="alias">What the host's key is kept under.</param>
    /// <exception cref="Refusal">422 with what is wrong.</exception>
    public EngineAddress Address(string alias)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri is not { Query: "", Fragment: "" })
            throw Refusal.Field(UrlField, "servers.docker.wrong.url");
        return uri.Scheme switch
        {
            "unix" when uri is { Host: "", AbsolutePath: [_, _, ..] path } && IsPath(path) => new UnixAddress(path),
            "tcp" when uri is { Host.Length: > 0, UserInfo: "", AbsolutePath: "" or "/" } => Tls is { Ca.Length: > 0, Certificate.Length: > 0, Key.Length: > 0 }
                ? new TlsAddress(Plain(uri), uri.Port > 0 ? uri.Port : TlsPort, Tls.Ca, Tls.Certificate, Tls.Key) : throw Refusal.Field(TlsField, "servers.docker.wrong.tls"),
            "ssh" when uri is { Host.Length: > 0, UserInfo.Length: > 0 } && IsWord(uri.UserInfo) && IsWord(uri.Host) && (uri.AbsolutePath is "" or "/" || IsPath(uri.AbsolutePath)) => OverSsh(uri, alias),
            _ => throw Refusal.Field(UrlField, "servers.docker.wrong.url"),
        };
    }

    private SshAddress OverSsh(Uri uri, string alias)
    {
        if (Given(Ssh?.PrivateKey) is null && Given(Ssh?.Password) is null)
            throw Refusal.Field(SshField, "servers.docker.wrong.ssh");
        var key = Given(Ssh?.HostKey) ?? "";
        if (key.Length > 0 && (key.Split(' ') is not [_, var blob] || !Convert.TryFromBase64String(blob, new byte[blob.Length], out _)))
            throw Refusal.Field(HostKeyField, "servers.docker.wrong.host_key");
        return new SshAddress(Uri.UnescapeDataString(uri.UserInfo), Plain(uri), uri.Port > 0 ? uri.Port : SshPort, key, alias, Given(Ssh?.PrivateKey), Given(Ssh?.PrivateKey) is null ? Ssh!.Password : null, uri.AbsolutePath is "" or "/" ? UnixAddress.Usual : uri.AbsolutePath);
    }

    /// <summary>Fills a form with what may be shown.</summary>
    public void ToForm(FormValues form)
    {
        form["docker_url"] = Url ?? "";
        form["docker_ca"] = Tls?.Ca ?? "";
        form["docker_certificate"] = Tls?.Certificate ?? "";
        form["docker_host_key"] = Ssh?.HostKey ?? "";
    }

    /// <summary>As it was typed; of a form in which nothing was, none.</summary>
    public static DockerSettings FromForm(FormValues form)
    {
        var tls = new DockerTls(Given(form["docker_ca"]), Given(form["docker_certificate"]), Given(form["docker_key"]));
        var ssh = new DockerSsh(Given(form["docker_host_key"]), Given(form["docker_private_key"]), Given(form["docker_password"]));
        return new(Given(form["docker_url"]), tls == new DockerTls() ? null : tls, ssh == new DockerSsh() ? null : ssh);
    }

    // Browsers send lines with CR LF, which OpenSSH does not read.
    private static string? Given(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim().ReplaceLineEndings("\n");

    // Without the brackets of IPv6.
    private static string Plain(Uri uri) => uri.IdnHost.Trim('[', ']');

    // What could be taken for an option, or split, by a program.
    private static bool IsWord(string word) => word[0] != '-' && !word.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == ':' && word[0] != '[');

    private static bool IsPath(string path) => path[0] == '/' && Encoding.UTF8.GetByteCount(path) <= 100 && !path.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ':' or '%' or '\'');
}

/// <summary>PEM: who signed the engine's certificate, our certificate, and its key.</summary>
public sealed record DockerTls(string? Ca = null, string? Certificate = null, string? Key = null)
{
    public override string ToString() => nameof(DockerTls);
}

/// <summary>The host's key as it was confirmed (<c>ssh-ed25519 AAAA...</c>), and our private key or password.</summary>
public sealed record DockerSsh(string? HostKey = null, string? PrivateKey = null, string? Password = null)
{
    public override string ToString() => nameof(DockerSsh);
}

/// <summary>What of an engine is kept sealed.</summary>
public sealed record DockerSecrets(string? Key = null, string? PrivateKey = null, string? Password = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DockerJson.Default.DockerSecrets);

    /// <exception cref="InvalidDataException">They are none.</exception>
    public static DockerSecrets Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, DockerJson.Default.DockerSecrets) ?? new();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The secrets of an engine are none.", e);
        }
    }

    public override string ToString() => nameof(DockerSecrets);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DockerSettings))]
[JsonSerializable(typeof(DockerSecrets))]
internal sealed partial class DockerJson : JsonSerializerContext;
