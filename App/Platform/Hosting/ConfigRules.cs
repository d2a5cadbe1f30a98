using System.Globalization;
using System.Net;
using Npgsql;

namespace Gatehouse.Platform.Hosting;

/// <summary>What each kind of option accepts.</summary>
public static class ConfigRules
{
    private static readonly char[] Separators = [',', ';', ' '];

    /// <summary>What is wrong with the value, to stand behind the option's name (<c>must be ...</c>); null when nothing is. Empty stands for the default.</summary>
    public static string? Problem(ConfigOption option, string value)
    {
        if (value.Length == 0)
            return null;
        var wanted = option.Kind switch
        {
            ConfigOptionKind.Number => IsNumber(option, value) ? null : $"must be a whole number from {option.Min} to {option.Max}",
            ConfigOptionKind.Flag => bool.TryParse(value, out _) ? null : "must be true or false",
            ConfigOptionKind.Choice => option.Choices.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : "must be one of " + string.Join(", ", option.Choices),
            ConfigOptionKind.Addresses => Addresses(value).Length > 0 && Addresses(value).All(IsAddress) ? null : "must be addresses such as http://127.0.0.1:8080 or http://*:8080, parted by semicolons",
            ConfigOptionKind.Url => IsUrl(value) ? null : "must be an address such as https://keys.example.com, without a path",
            // A list without an entry would mean the same as none, which may be everybody.
            ConfigOptionKind.Networks when Parts(value).Length == 0 => "must be addresses or networks such as 10.0.0.0/8, parted by commas, or be left out",
            ConfigOptionKind.Networks => BadNetwork(value) is { } none ? $"must be addresses or networks such as 10.0.0.0/8, parted by commas; {none} is none" : null,
            ConfigOptionKind.Hosts => Parts(value).FirstOrDefault(p => !IsNetwork(p) && Uri.CheckHostName(p) != UriHostNameType.Dns) is { } bad ? $"must be names, addresses or networks such as 10.0.0.0/8, parted by commas; {bad} is none" : null,
            ConfigOptionKind.Origins => Parts(value).FirstOrDefault(p => p != "*" && !IsUrl(p)) is { } page ? $"must be addresses such as https://app.example.com, without a path and parted by commas, or *; {page} is none" : null,
            ConfigOptionKind.File => File.Exists(value) ? null : "must be a file that this user can see",
            ConfigOptionKind.Postgres => IsConnectionString(value) ? null : "must be a connection string such as Host=localhost;Database=gatehouse;Username=gatehouse;Password=...",
            _ => null,
        };
        return wanted is null ? null : option.Secret ? wanted : $"{wanted}, not \"{value}\"";
    }

    /// <summary>The parts of <c>Server:Urls</c>.</summary>
    public static string[] Addresses(string value) => value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The parts of <c>Server:TrustedProxies</c>; a lone address is a network of one.</summary>
    /// <exception cref="FormatException">A part is neither.</exception>
    public static IEnumerable<IPNetwork> Networks(string value) => Parts(value).Select(part => ParseNetwork(part) ?? throw new FormatException(part));

    /// <summary>The parts of a list of networks or hosts.</summary>
    public static string[] Parts(string value) => value.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Is it an address or a network, and no name?</summary>
    public static bool IsNetwork(string part) => ParseNetwork(part) is not null;

    private static string? BadNetwork(string value) => Parts(value).FirstOrDefault(part => !IsNetwork(part));

    private static IPNetwork? ParseNetwork(string part)
    {
        // 10.1 is an address to the parser (10.0.0.1), and hardly what was meant.
        var slash = part.IndexOf('/');
        var host = slash < 0 ? part : part[..slash];
        if (!IPAddress.TryParse(host, out var address) || !(host.Contains(':') || host.Count(c => c == '.') == 3))
            return null;
        var bits = address.GetAddressBytes().Length * 8;
        if (slash >= 0 && (!int.TryParse(part.AsSpan(slash + 1), NumberStyles.None, null, out bits) || bits > address.GetAddressBytes().Length * 8))
            return null;
        return new IPNetwork(Masked(address, bits), bits);
    }

    // 10.1.2.3/8 means 10.0.0.0/8; IPNetwork itself refuses it.
    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(bits - i * 8, 0, 8));
        return new IPAddress(bytes);
    }

    private static bool IsNumber(ConfigOption option, string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, null, out var number) && number >= option.Min && number <= option.Max;

    private static bool IsAddress(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);
            // The server takes any other name for all addresses of the machine, which is more than was asked for.
            return parsed.Scheme is "http" or "https" && parsed.PathBase.Length == 0 && parsed.Port is >= 0 and <= 65535
                && (parsed.Host is "localhost" or "*" or "+" || IPAddress.TryParse(parsed.Host, out _));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsUrl(string value) => Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    private static bool IsConnectionString(string value)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(value).Host is { Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            return false;
        }
    }
}
