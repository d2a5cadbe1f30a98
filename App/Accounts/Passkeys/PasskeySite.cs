using Gatehouse.Platform.Hosting;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>The place that a passkey is made at and shown to.</summary>
/// <param name="RpId">Its host name.</param>
/// <param name="Origin">What browsers call it: scheme, host name and, where it is not the usual one, port.</param>
public sealed record PasskeySite(string RpId, string Origin);

/// <summary>
/// By which name a browser has reached this server. Each host name is a place of its own: a passkey of one is offered at no other, and a
/// name that somebody else may answer at (another below the same domain) opens none of ours.
/// </summary>
public sealed class PasskeySites(IConfiguration config)
{
    private readonly Uri? _public = Uri.TryCreate(ConfigOptions.Value(config, "Server:PublicUrl"), UriKind.Absolute, out var known) ? known : null;

    /// <summary>The place that the request came to; null where browsers know no passkeys: at an address without a name, and over plain http but on the machine itself.</summary>
    public PasskeySite? Of(HttpContext ctx)
    {
        var request = ctx.Request;
        if (!request.Host.HasValue || !Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var reached))
            return null;
        // A proxy that speaks TLS for us may say neither that nor the port.
        if (_public is not null && string.Equals(_public.IdnHost, reached.IdnHost, StringComparison.OrdinalIgnoreCase))
            reached = _public;
        var host = reached.IdnHost.ToLowerInvariant();
        if (reached.HostNameType != UriHostNameType.Dns || (reached.Scheme != Uri.UriSchemeHttps && !IsHere(host)))
            return null;
        return new PasskeySite(host, $"{reached.Scheme}://{host}{(reached.IsDefaultPort ? "" : ":" + reached.Port)}");
    }

    private static bool IsHere(string host) => host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);
}
