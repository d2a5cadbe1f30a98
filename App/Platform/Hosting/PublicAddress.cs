namespace Gatehouse.Platform.Hosting;

/// <summary>By which address this server is reached.</summary>
public static class PublicAddress
{
    /// <summary>What links for people begin with, without a slash at the end: <c>Server:PublicUrl</c>, else the first listening address as this machine reaches it.</summary>
    /// <param name="listening">The addresses in use when they are known; else those configured.</param>
    public static string Base(IConfiguration config, IEnumerable<string>? listening = null) =>
        ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } known ? known.TrimEnd('/') : Local(config, listening);

    /// <summary>The first listening address as this machine reaches it, without a slash at the end.</summary>
    public static string Local(IConfiguration config, IEnumerable<string>? listening = null)
    {
        var address = BindingAddress.Parse(listening?.FirstOrDefault() ?? ConfigRules.Addresses(ConfigOptions.Value(config, "Server:Urls"))[0]);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Does it name this machine only?</summary>
    public static bool IsLocal(string address) => new Uri(address).IsLoopback;
}
