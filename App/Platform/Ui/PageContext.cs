using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Platform.Ui;

/// <summary>What every page knows of its request.</summary>
/// <param name="Path">With the query: where to come back to, be it from a form that was refused.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c> or <c>auto</c>.</param>
/// <param name="Zone">The time zone that times are shown in.</param>
/// <param name="Shell">What features add around every page.</param>
public sealed record PageContext(Localizer Text, Caller Caller, string Path, string Theme, string Csrf, DateTimeOffset Now, TimeZoneInfo Zone, SiteShell Shell, Toast? Toast)
{
    /// <summary>What the operator calls this place.</summary>
    public string Site { get; init; } = "Gatehouse";

    /// <summary>What is told above the content, without what this browser has closed.</summary>
    public IReadOnlyList<Banner> Banners { get; init; } = [];

    /// <summary>Where addresses are.</summary>
    public required PlaceLookup Places { get; init; }

    /// <summary>The customers' top bar.</summary>
    public IReadOnlyList<PublicEntry> Public { get; init; } = Shell.Public;

    /// <summary>The groups of the side bar that the reader has folded.</summary>
    public IReadOnlyList<string> Folded { get; init; } = [];

    /// <summary>Whose page it is; null for one that this node has not heard of yet.</summary>
    public TenantFace? Tenant { get; init; }

    /// <summary>Those that the visitor may look at; empty unless they may at several.</summary>
    public IReadOnlyList<TenantFace> Tenants { get; init; } = [];

    /// <summary>How the server is; null on customers' pages, and for who works for one tenant.</summary>
    public ServerStatus? Pulse { get; init; }

    /// <summary>A message in the reader's words, its times in the zone of the place.</summary>
    public string Say(Message message) => Text.Say(message, at => Format.Short(Text, at.ToUnixTimeMilliseconds(), Now, Zone));

    public bool May(Permission permission) => Caller.May(permission);
}

/// <summary>A result to tell once, on the page that follows.</summary>
/// <param name="Kind"><c>ok</c>, <c>warn</c> or <c>bad</c>.</param>
public sealed record Toast(string Kind, Message Message)
{
    public Toast(string kind, string key, params object[] args) : this(kind, new Message(key, args))
    {
    }
}
