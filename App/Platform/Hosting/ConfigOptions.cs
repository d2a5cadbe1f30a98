namespace Gatehouse.Platform.Hosting;

/// <summary>What an option may hold; <see cref="ConfigRules"/> says what that means.</summary>
public enum ConfigOptionKind { Text, Number, Flag, Choice, Addresses, Url, Networks, Hosts, Origins, File, Folder, Postgres }

/// <summary>One option of <c>appsettings.json</c>, the environment (<c>GATEHOUSE__Section__Key</c>) or a flag.</summary>
public sealed record ConfigOption(string Key, ConfigOptionKind Kind, string Default, string Help, bool Secret = false)
{
    /// <summary>Least and greatest value of a number.</summary>
    public int Min { get; init; } = 1;

    public int Max { get; init; } = 1_000_000;

    /// <summary>The values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>Every option there is, with its default: the one place that names them.</summary>
public static class ConfigOptions
{
    public static readonly IReadOnlyList<ConfigOption> All =
    [
        new("Server:Urls", ConfigOptionKind.Addresses, "http://127.0.0.1:8080", "Addresses to listen on, parted by semicolons. https:// needs Server:Certificate."),
        new("Server:Certificate", ConfigOptionKind.File, "", "PEM file with the certificate chain for https addresses. Read again when it is renewed."),
        new("Server:CertificateKey", ConfigOptionKind.File, "", "PEM file with the private key that belongs to it."),
        new("Server:PublicUrl", ConfigOptionKind.Url, "", "The address that people reach this server by, such as https://keys.example.com. Used in printed links and QR codes."),
        new("Server:TrustedProxies", ConfigOptionKind.Networks, "", "Addresses or networks (10.0.0.0/8), parted by commas, whose X-Forwarded-For and X-Forwarded-Proto are believed."),
        new("Server:CorsOrigins", ConfigOptionKind.Origins, "", "Pages of which places may call what is open to all in the API, such as https://app.example.com, parted by commas; * for all. Empty: none."),
        new("Server:AllowPlainHttp", ConfigOptionKind.Flag, "false", "Let staff sign in over http from other machines. Only for a network you trust: passwords then travel in the clear."),
        new("Access:StaffNetworks", ConfigOptionKind.Networks, "", "Addresses or networks (10.0.0.0/8, 2001:db8::/32), parted by commas, that staff and their API tokens may come from. This machine itself always may. Empty: from everywhere."),
        new("Connections:Total", ConfigOptionKind.Number, "10000", "Connections at once, in all. Fewer where the process may not open so many files (a quarter of them stays free) or has little memory."),
        new("Connections:PerAddress", ConfigOptionKind.Number, "512", "Connections at once from one address (IPv6: one /64). Trusted proxies and this machine itself have no such limit."),
        new("Outbound:AllowedHosts", ConfigOptionKind.Hosts, "", "Names, addresses or networks inside private networks, parted by commas, that the server may connect to when staff name them, such as your own mail server."),
        new("Places:Database", ConfigOptionKind.File, "", "A file of places in MaxMind's form (.mmdb), such as GeoLite2 City. Empty: countries only, by what is in the program."),
        new("Storage:Postgres", ConfigOptionKind.Postgres, "", "Npgsql connection string. Empty: SQLite in the data folder.", Secret: true),
        new("RateLimits:Enabled", ConfigOptionKind.Flag, "true", "Throttles by address. Switch off only to measure."),
        new("RateLimits:Api:PerSecond", ConfigOptionKind.Number, "10", "REST requests a second from one address."),
        new("RateLimits:Api:Burst", ConfigOptionKind.Number, "20", "REST requests at once from one address."),
        new("RateLimits:Keys:PerSecond", ConfigOptionKind.Number, "200", "Questions about keys a second from one address, which may be a whole office's. Wrong keys are slowed long before."),
        new("RateLimits:Keys:Burst", ConfigOptionKind.Number, "600", "Questions about keys at once from one address."),
        new("RateLimits:Key:PerSecond", ConfigOptionKind.Number, "5", "Requests a second about one key, from wherever."),
        new("RateLimits:Key:Burst", ConfigOptionKind.Number, "20", "Requests at once about one key."),
        new("RateLimits:SignIn:PerSecond", ConfigOptionKind.Number, "1", "Sign-in attempts a second from one address."),
        new("RateLimits:SignIn:Burst", ConfigOptionKind.Number, "5", "Sign-in attempts at once from one address."),
        new("RateLimits:Pages:PerSecond", ConfigOptionKind.Number, "30", "Pages a second from one address."),
        new("RateLimits:Pages:Burst", ConfigOptionKind.Number, "90", "Pages at once from one address."),
        new("RateLimits:Assets:PerSecond", ConfigOptionKind.Number, "100", "Style sheets, scripts and pictures a second from one address."),
        new("RateLimits:Assets:Burst", ConfigOptionKind.Number, "600", "Style sheets, scripts and pictures at once from one address."),
        new("RateLimits:Health:PerSecond", ConfigOptionKind.Number, "20", "Questions a second from one address of how the server is."),
        new("RateLimits:Health:Burst", ConfigOptionKind.Number, "100", "Questions at once from one address of how the server is."),
        new("SignIn:LockoutFailures", ConfigOptionKind.Number, "5", "Wrong passwords in a row that close an account to the address they come from.") { Max = 1000 },
        new("SignIn:LockoutMinutes", ConfigOptionKind.Number, "15", "How long it stays closed to that address.") { Max = 60 * 24 * 365 },
        new("SignIn:SessionHours", ConfigOptionKind.Number, "12", "How long a session lasts without being used.") { Max = 24 * 365 },
        new("Keys:GuessLimit", ConfigOptionKind.Number, "10", "Wrong keys from one address within ten minutes before it is slowed down, and asked for some work each time."),
        new("Keys:GuessLimitInTotal", ConfigOptionKind.Number, "60", "Wrong keys in a minute from everywhere before the pages ask everybody for some work."),
        new("Shop:GuestOrders", ConfigOptionKind.Number, "5", "Orders of guests from one address within an hour, none of them paid, before each further one costs some work.") { Max = 100 },
        new("Payments:KeepCallsDays", ConfigOptionKind.Number, "180", "Days for which calls of payment gateways are kept in a channel's log."),
        new("Shop:TopUpLeast", ConfigOptionKind.Number, "1", "The least that a customer may put on the balance at once, in whole units of the currency."),
        new("Shop:TopUpMost", ConfigOptionKind.Number, "10000", "The most that a customer may put on the balance at once, in whole units of the currency."),
        new("Shop:GuestOrdersInTotal", ConfigOptionKind.Number, "60", "Orders of guests in a minute from everywhere before all guests are asked for some work."),
        new("Relays:SampleSeconds", ConfigOptionKind.Number, "60", "How often the counters of relays are read, in seconds. A quota is in force within two such periods.") { Max = 3600 },
        new("Relays:ProbeSeconds", ConfigOptionKind.Number, "30", "How often each server of relays is asked how it is, in seconds.") { Max = 3600 },
        new("Relays:MoveDownMinutes", ConfigOptionKind.Number, "15", "After how many minutes the relays of a server that is down go to others, where the settings of a business do not say. 0: they stay.") { Max = 60 * 24 * 7 },
        new("Relays:TailscaleApi", ConfigOptionKind.Url, "https://api.tailscale.com", "Where customers' tailnets are asked: the API of Tailscale, or of what speaks as it does."),
        new("Logging:Format", ConfigOptionKind.Choice, "text", "Log as text for people or as one json object a line.") { Choices = ["text", "json"] },
        new("Logging:Level", ConfigOptionKind.Choice, "Information", "Least level that is logged. Debug also logs each request, without its query.") { Choices = ["Debug", "Information", "Warning", "Error"] },
        new("Logging:Folder", ConfigOptionKind.Folder, "", "Folder for rolling log files (50 MB, ten of each) with a separate security log. Empty: console only."),
    ];

    private static readonly Dictionary<string, ConfigOption> ByKey = All.ToDictionary(o => o.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The option of that name in any case, or null.</summary>
    public static ConfigOption? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The value in force, the default where nothing was set.</summary>
    public static string Value(IConfiguration config, string key) => config[key] is { Length: > 0 } value ? value : ByKey[key].Default;

    public static int Number(IConfiguration config, string key) => int.Parse(Value(config, key));

    public static bool Flag(IConfiguration config, string key) => bool.Parse(Value(config, key));
}
