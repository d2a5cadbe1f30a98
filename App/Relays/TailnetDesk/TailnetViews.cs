using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Tailnets;

namespace Gatehouse.Relays.TailnetDesk;

/// <summary>A connection to make or to change; what is left out of one that is there stays.</summary>
/// <param name="Secret">Of an OAuth client of Tailscale's (<c>tskey-client-…</c>), with the scopes <c>devices:core:read</c> and <c>policy_file</c>; with <c>webhooks</c> as well, a webhook is made by itself. It is kept sealed and never given back.</param>
/// <param name="ClientId">Its id, which is inside the secret as well: it may be left out.</param>
/// <param name="ReadOnly">The policy is read and never written.</param>
/// <param name="Tag">Only machines with this tag are let in, as <c>tag:home</c>; empty: all.</param>
/// <param name="Choose">Who comes in where there are more machines than may: <c>oldest</c> or <c>recent</c>.</param>
/// <param name="Hook">What webhooks made by hand are signed with (<c>tskey-webhook-…</c>).</param>
/// <param name="Url">The address of a headscale, in the place of Tailscale.</param>
/// <param name="Key">An API key of that headscale; without any it is asked of each machine by its public <c>/verify</c>.</param>
public sealed record TailnetBody(string? Secret = null, string? ClientId = null, bool? ReadOnly = null, string? Tag = null, string? Choose = null, string? Hook = null, string? Url = null, string? Key = null);

/// <param name="Seen">Of the preview that was looked at: another one is not written.</param>
/// <param name="Sure">More machines are there than may come in, and it is known what that means.</param>
public sealed record TailnetDeliverBody(string? Seen = null, bool Sure = false);

/// <param name="Address">Where webhooks go.</param>
/// <param name="Set">One is known: what is signed with its secret is heard.</param>
/// <param name="Made">We made it by their API, and remove it when they disconnect; else it was made by hand.</param>
/// <param name="Problem">Why it could not be made, in words: one can be made by hand.</param>
/// <param name="HeardAt">When one came last.</param>
public sealed record TailnetHookView(string Address, bool Set, bool Made, string? Problem, DateTime? HeardAt);

/// <param name="Version">Of the map that is in their policy.</param>
public sealed record TailnetDelivered(DateTime At, long Version);

/// <param name="Kind"><c>tailscale</c>, <c>headscale</c> (by an API key) or <c>verify</c> (a headscale, by its public address).</param>
/// <param name="Url">Of a headscale.</param>
/// <param name="Choose"><c>oldest</c> or <c>recent</c>.</param>
/// <param name="Machines">That the tailnet has; of a headscale without a key, those that are known.</param>
/// <param name="LeftOut">For want of room.</param>
/// <param name="Error">Why the last look failed, in words; null: it did not.</param>
/// <param name="Delivered">The map is in their policy: their API has said so. Null: it is not.</param>
public sealed record TailnetView(
    string Rental, string Name, string Kind, string? Url, bool ReadOnly, string Tag, string Choose, long DeviceLimit, long Machines, long LetIn, long LeftOut, DateTime? SyncedAt, string? Error, TailnetHookView? Hook, TailnetDelivered? Delivered)
{
    internal static TailnetView Of(NamedTailnet named, string site, Localizer text)
    {
        var t = named.Tailnet;
        return new(t.RentalId, named.Name, t.Kind, t.Url.Length > 0 ? t.Url : null, t.ReadOnly, t.Tag, t.Choose, named.DeviceLimit, t.Machines, t.LetIn, t.LeftOut, Time(t.SyncedAt), t.Error is { } error ? text[error] : null,
            t.HasPolicy ? new(site + TailnetHooks.Path(t.RentalId), t.Hook.Length > 0, t.HookId is not null, t.HookError is { } fault ? text[fault] : null, Time(t.HookAt)) : null, t.Delivered is { } done ? new(Time(done.At)!.Value, done.Version) : null);
    }

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}

public sealed record TailnetResponse(bool Success, TailnetView Tailnet);

public sealed record TailnetList(bool Success, IReadOnlyList<TailnetView> Items, string? Next);

/// <param name="Sign"><c>-</c> goes, <c>+</c> comes, a blank stays.</param>
public sealed record TailnetDiffLine(string Sign, string Text);

/// <param name="Seen">Sent back to have this written, and nothing else.</param>
/// <param name="Diff">Empty: our map is there as it should be.</param>
/// <param name="Policy">The whole policy as it would be; null where it clashes.</param>
/// <param name="Notes">What stays of an old map, and what goes.</param>
/// <param name="Clashes">Relays of somebody else under numbers or names of ours: they are never written over.</param>
/// <param name="KeptElsewhere">Where the policy is kept (by GitOps): what is written here would be overwritten from there. Null: it is not.</param>
/// <param name="Problem">Why their API would not take it.</param>
public sealed record TailnetPreviewView(bool Success, string Rental, string Seen, IReadOnlyList<TailnetDiffLine> Diff, string? Policy, IReadOnlyList<string> Notes, IReadOnlyList<string> Clashes, string? KeptElsewhere, string? Problem)
{
    internal static TailnetPreviewView Of(string rental, TailnetPreview p, Localizer text) => new(true, rental, p.Seen, [.. p.Diff.Select(l => new TailnetDiffLine(l.Sign.ToString(), l.Text))], p.Text,
        [.. p.Merge.Notes.Select(n => text[n])], [.. p.Merge.Clashes.Select(c => text[c])], p.KeptElsewhere, p.Wrong is { } wrong ? text[wrong] : null);
}

public sealed record TailnetForgotten(bool Success, string Rental);

/// <summary>Why there is no connection.</summary>
public static class TailnetErrors
{
    public static readonly ErrorCode NotConnected = new(404, "NO_SUCH_TAILNET");

    public static readonly IReadOnlyList<ErrorCode> All = [NotConnected];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TailnetBody))]
[JsonSerializable(typeof(TailnetDeliverBody))]
[JsonSerializable(typeof(TailnetResponse))]
[JsonSerializable(typeof(TailnetList))]
[JsonSerializable(typeof(TailnetPreviewView))]
[JsonSerializable(typeof(TailnetForgotten))]
internal sealed partial class TailnetJson : JsonSerializerContext;
