using System.Security.Cryptography;

namespace Gatehouse.Platform.Hosting;

/// <summary>By which address this server is reached.</summary>
public static class PublicAddress
{
    /// <summary>What links for people begin with, without a slash at the end: <c>Server:PublicUrl</c>, else the first listening address as this machine reaches it.</summary>
    /// <param name="listening">The addresses in use when they are known; else those configured.</param>
    public static string Base(IConfiguration config, IEnumerable<string>? listening = null) =>
        ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } known ? known.TrimEnd('/') : Local(config, listening);

    /// <summary>The same for what must not be read on the way: an address of https, or of this machine itself; null where it listens on none.</summary>
    public static string? Private(IConfiguration config, IEnumerable<string>? listening = null) =>
        (listening ?? ConfigRules.Addresses(ConfigOptions.Value(config, "Server:Urls"))).Select(Reached).Prepend(Base(config, listening)).FirstOrDefault(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase) || IsLocal(a));

    /// <summary>The first listening address as this machine reaches it, without a slash at the end.</summary>
    public static string Local(IConfiguration config, IEnumerable<string>? listening = null) =>
        Reached(listening?.FirstOrDefault() ?? ConfigRules.Addresses(ConfigOptions.Value(config, "Server:Urls"))[0]);

    private static string Reached(string listening)
    {
        var address = BindingAddress.Parse(listening);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Does it name this machine only?</summary>
    public static bool IsLocal(string address) => new Uri(address).IsLoopback;
}

/// <summary>What this run of the server is told by from whoever else listens at an address: a new name at each start.</summary>
public sealed class InstanceName
{
    /// <summary>Of the answers to <c>/api/health</c>.</summary>
    public const string Header = "X-Gatehouse-Instance";

    private const string FileName = "gatehouse.running";

    public string Value { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Leaves word in the data folder of where this run listens, until what is returned is disposed of. A run that is killed leaves it for ever: nobody answers to that name then.</summary>
    public IDisposable Tell(DataFolder folder, string address)
    {
        var path = Path.Combine(folder.Path, FileName);
        File.WriteAllText(path, $"{Value} {address}\n");
        return new Removal(path);
    }

    /// <summary>Where the run of a data folder said that it listens, and its name; null where none says so.</summary>
    public static (string Name, string Address)? Told(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, FileName)).Trim().Split(' ') is [var name, var address] ? (name, address) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Removal(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
