using System.CommandLine;
using System.Globalization;
using System.Net;
using Gatehouse.Cli.Shell;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Relay;

/// <summary>The options of <c>relay</c>, from the command line or else from the environment, as containers are told things.</summary>
internal sealed class RelayOptions
{
    private const string Prefix = "GATEHOUSE_RELAY_";

    // A few of the longest frames for each of the two kinds of connections.
    private const long LeastMemory = 4 * 1024 * 1024;
    private readonly Command _command;
    private readonly Option<bool> _selfSigned = new("--self-signed") { Description = "Use a certificate of the relay's own, which devices know by the CertName that is printed. The next one's is told 45 days before the end, and shown 7 days before it." };

    private readonly Option<bool> _stunOpen = new("--stun-open") { Description = "STUN answers any well-formed binding request, such as of browsers' WebRTC, within limits by address and in all. Without it: Tailscale's clients alone." };

    public RelayOptions(Command command)
    {
        _command = command;
        Text("--listen", "Where devices connect.", "address", ":443");
        Text("--stun", "UDP address of STUN, or off.", "address", ":3478");
        command.Add(_stunOpen);
        Text("--http", "Plain HTTP beside TLS, such as :80, for the check of captive portals (CanPort80 in the map); all else there is sent on to HTTPS.", "address", "off");
        Text("--trusted-proxies", "Addresses or networks of proxies, parted by commas, whose X-Forwarded-For is believed: --max-per-ip and --admit then go by whom it names.", "networks", "none");
        Text("--hostname", "Name or address under which devices know the relay; --cert must be made out to it.", "name", "localhost");
        Text("--data", "Folder of the relay's key and certificate.", "folder", "/var/lib/gatehouse-relay");
        Text("--cert", "Certificate and chain, PEM; read again when it changes. With neither this nor --self-signed: plain HTTP.", "file");
        Text("--key", "Key of --cert, PEM.", "file");
        Text("--meta-cert", "Whether devices are told the relay's key with --cert, on or off: it saves a round trip. Off where maps name the certificate by sha256-raw for clients before 1.82.", "on|off", "on, unless the certificate is its own issuer");
        command.Add(_selfSigned);
        Text("--admit", "Service that is asked about each device. No answer is a no.", "url");
        Text("--allow", "File of the devices that may connect: nodekey:<64 hex> a line, # comments, * for everyone. Read again when it changes.", "file");
        Text("--control", "Where the control channel listens: the path of a socket (/run/relay.sock or unix:PATH), or http://ADDRESS:PORT.", "address");
        Text("--control-token-file", "File with the token that the control channel asks for.", "file");
        Text("--rate", "Bytes a second from each device.", "bytes");
        Text("--relay-rate", "Bytes a second from all devices together, in equal parts for those that want them.", "bytes");
        Text("--quota", "Bytes in and out together, after which all devices are cut off.", "bytes");
        Text("--max-per-key", "Connections of one device at once, or none for no limit.", "number", $"{DerpLimits.UsualPerKey}");
        Text("--max-per-ip", "Connections of one address at once (of IPv6: of one /64), or none for no limit.", "number", $"{DerpLimits.UsualPerIp}");
        Text("--max-connections", "Devices' connections at once.", "number");
        Text("--memory", "Bytes that connections may hold together: begun frames and frames that wait. A third of it is for those that have not shown a key.", "bytes",
            "three eighths of what the process may use");
    }

    private void Text(string name, string description, string unit, string? otherwise = null) => _command.Add(
        new Option<string?>(name) { Description = description + (otherwise is null ? "" : $" Without it: {otherwise}."), HelpName = unit });

    /// <exception cref="CommandException">A value is wrong, or two do not go together.</exception>
    public DerpOptions Read(ParseResult parse)
    {
        var limits = new DerpLimits(Amount("--rate"), Amount("--relay-rate"), Amount("--quota"), Count("--max-per-key", DerpLimits.UsualPerKey), Count("--max-per-ip", DerpLimits.UsualPerIp),
            (int?)Amount("--max-connections", int.MaxValue));
        bool selfSigned = Flag(_selfSigned), stunOpen = Flag(_stunOpen);
        var stun = Value("--stun") ?? ":3478";
        var control = Value("--control") is { } text ? Control(text) : null;
        var settings = new DerpOptions(
            Address("--listen", Value("--listen") ?? ":443"), stun == "off" ? null : Address("--stun", stun), Value("--hostname") ?? "localhost",
            Value("--data") ?? "/var/lib/gatehouse-relay", Value("--cert"), Value("--key"), selfSigned,
            Value("--admit") is { } url ? Url(url) : null, Value("--allow"), control, control is null ? null : Token(Value("--control-token-file")), limits)
        {
            Http = Value("--http") is { } http and not "off" ? Address("--http", http) : null,
            TrustedProxies = Networks("--trusted-proxies", Value("--trusted-proxies") ?? ""),
            StunOpen = stunOpen,
            MetaCertificate = Value("--meta-cert") switch { null or "on" => true, "off" => false, var other => throw Wrong($"--meta-cert must be on or off, not \"{other}\".") },
            Memory = Amount("--memory", least: LeastMemory),
        };
        if (settings.CertificateFile is null != settings.KeyFile is null)
            throw Wrong("--cert and --key go together.");
        if (selfSigned && settings.CertificateFile is not null)
            throw Wrong("--self-signed and --cert exclude each other.");
        if (stunOpen && settings.Stun is null)
            throw Wrong("--stun-open needs --stun.");
        if (settings.Http is not null && !settings.Tls)
            throw Wrong("--http goes beside TLS: without --cert and --self-signed --listen speaks plain HTTP anyway.");
        if (Value("--meta-cert") == "on" && settings.CertificateFile is null)
            throw Wrong("--meta-cert goes with --cert: devices that know a self-signed certificate by its digest take no other beside it.");
        return settings.Admit is not null && settings.AllowFile is not null ? throw Wrong("--admit and --allow exclude each other.") : settings;

        string? Told(string name) => Environment.GetEnvironmentVariable(Prefix + name[2..].ToUpperInvariant().Replace('-', '_'));

        bool Flag(Option<bool> option) => parse.GetValue(option) || Told(option.Name) is "1" or "true";

        string? Value(string name)
        {
            var given = parse.GetValue<string?>(name) ?? Told(name);
            return string.IsNullOrWhiteSpace(given) ? null : given.Trim();
        }

        long? Amount(string name, long most = long.MaxValue, long least = 1) =>
            Value(name) is not { } given ? null
            : long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw Wrong($"{name} must be a whole number {(least == 1 ? "above 0" : $"of at least {least}")}, not \"{given}\".");

        int? Count(string name, int otherwise) => Value(name) switch { null => otherwise, "none" => null, _ => (int?)Amount(name, int.MaxValue) };
    }

    private static IPEndPoint Address(string option, string text)
    {
        if (text.StartsWith(':') && ushort.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return new IPEndPoint(IPAddress.IPv6Any, port);
        return text.LastIndexOf(':') > text.LastIndexOf(']') && IPEndPoint.TryParse(text, out var address) ? address
            : throw Wrong($"{option} must be an address such as :443, 127.0.0.1:8443 or [::1]:8443, not \"{text}\".");
    }

    private static List<IPNetwork> Networks(string option, string text)
    {
        try
        {
            return [.. ConfigRules.Networks(text)];
        }
        catch (FormatException e)
        {
            throw Wrong($"{option} must be addresses or networks such as 10.0.0.0/8, parted by commas; {e.Message} is none.");
        }
    }

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw Wrong("--admit must be an http or https URL.");

    private static ControlAddress Control(string text)
    {
        var path = text.StartsWith("unix:", StringComparison.Ordinal) ? text[5..] : text.StartsWith('/') ? text : "";
        if (path.Length > 0)
            return new ControlAddress(Path.GetFullPath(path), null);
        if (text.StartsWith("http://", StringComparison.Ordinal) && IPEndPoint.TryParse(text[7..].TrimEnd('/'), out var address) && text[7..].Contains(':'))
            return new ControlAddress(null, address);
        throw Wrong($"--control must be unix:/path/to/socket or http://127.0.0.1:8089, not \"{text}\".");
    }

    private static string Token(string? file)
    {
        const int least = 16;
        if (file is null)
            throw Wrong("--control needs --control-token-file: a file with a token of at least 16 characters, such as made by: openssl rand -hex 32");
        try
        {
            return File.ReadAllText(file).Trim() is { Length: >= least } token ? token : throw Wrong($"{file} must hold a token of at least {least} characters.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"--control-token-file cannot be read: {e.Message}");
        }
    }

    private static CommandException Wrong(string message) => new(ExitCode.Usage, message);
}
