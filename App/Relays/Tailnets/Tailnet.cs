using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Tailnets;

/// <summary>A rental's connection with its person's tailnet. Times in unix milliseconds.</summary>
/// <param name="Secret">Of the OAuth client, sealed; empty: its key is lost.</param>
/// <param name="Hook">What webhooks are signed with, sealed; empty: there are none.</param>
/// <param name="ReadOnly">The policy is read and never written.</param>
/// <param name="Tag">Only machines with this tag are let in; empty: all.</param>
/// <param name="Choose">Who comes in where there are more than may, one of <see cref="Choices"/>.</param>
/// <param name="DueAt">Its machines are looked at then.</param>
public sealed record Tailnet(string RentalId, string TenantId, string AccountId, string Secret, string Hook, bool ReadOnly, string Tag, string Choose, long DueAt)
{
    public const string Oldest = "oldest", Recent = "recent";

    /// <summary>What it is: Tailscale's, a headscale that is asked by a key, or one that is asked by its public address.</summary>
    public const string Tailscale = "tailscale", Headscale = "headscale", Verify = "verify";

    public static readonly IReadOnlyList<string> Choices = [Oldest, Recent];

    public string Kind { get; init; } = Tailscale;

    /// <summary>Of a headscale.</summary>
    public string Url { get; init; } = "";

    /// <summary>Has it a policy that a map can be put into?</summary>
    public bool HasPolicy => Kind == Tailscale;

    /// <summary>When its machines were read last; null: not yet.</summary>
    public long? SyncedAt { get; init; }

    /// <summary>That it has of its own; how many of them are let in, and how many are not for want of room.</summary>
    public long Machines { get; init; }
    public long LetIn { get; init; }
    public long LeftOut { get; init; }

    /// <summary>Looks that failed in turn, and why the last one did.</summary>
    public long Failures { get; init; }
    public Message? Error { get; init; }

    /// <summary>When a webhook came last that was signed; null: none yet.</summary>
    public long? HookAt { get; init; }

    /// <summary>Where the webhook goes that we make; empty: we make none.</summary>
    public string HookAddress { get; init; } = "";

    /// <summary>As their API names it; null: there is none yet, or it was made by hand.</summary>
    public string? HookId { get; init; }

    /// <summary>It is made then, after so many that failed in turn, the last one for that; null: it is there, or is not made.</summary>
    public long? HookDueAt { get; init; }
    public long HookFailures { get; init; }
    public Message? HookError { get; init; }

    /// <summary>What its API took last; null: our map is not in its policy.</summary>
    public Delivery? Delivered { get; init; }
}

/// <summary>How somebody wants to connect their tailnet.</summary>
/// <param name="Secret">Of an OAuth client; empty: the one that there is.</param>
/// <param name="Hook">What their webhooks are signed with; empty: as it is.</param>
/// <param name="ReadOnly">Of this and what follows, null: as it is.</param>
public sealed record TailnetWish(string Secret, string Hook, bool? ReadOnly, string? Tag, string? Choose)
{
    /// <summary>The address of a headscale, whose key is the secret; null: it is Tailscale's.</summary>
    public string? Url { get; init; }
}

/// <summary>A connection with what its rental is called.</summary>
public sealed record NamedTailnet(Tailnet Tailnet, string Name, long DeviceLimit);

/// <summary>A map that is in somebody's policy: their API has said so.</summary>
/// <param name="Tag">Of the map.</param>
/// <param name="Map">What <c>derpMap</c> is there, as it was given back.</param>
/// <param name="Former">What it was before; null: there was none.</param>
public sealed record Delivery(long At, long Version, string Tag, string Map, string? Former);

/// <summary>What the API of somebody's tailnet does not let us do, in words for them.</summary>
/// <param name="says">What it is, and what to do about it.</param>
/// <param name="wait">How long it asks us to wait.</param>
public sealed class TailnetException(Message says, TimeSpan? wait = null) : Exception(says.Key)
{
    public Message Says => says;

    public TimeSpan? Wait => wait;

    /// <summary>The same as an answer about that field.</summary>
    public Refusal Refusal(string field) => new(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { [field] = says }, RetryAfter = wait };
}
