using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Outbox;

/// <summary>Something that is to happen because a transaction committed, and after it.</summary>
/// <param name="Topic">Which handler it is for.</param>
/// <param name="DedupeKey">What the receiver can tell a repetition by.</param>
/// <param name="Payload">In the form of its topic; empty where it is sealed.</param>
/// <param name="CreatedAt">Unix milliseconds by the database's clock.</param>
/// <param name="Tries">Begun, with this one.</param>
/// <param name="Sealed">The payload of one that holds a secret, see <see cref="OutboxStore.AddSecret"/>; empty where it is not sealed.</param>
public sealed record OutboxMessage(string Id, string TenantId, string Topic, string DedupeKey, string Payload, long CreatedAt, long Tries, string Sealed = "")
{
    /// <summary>What the receiver said when it took it, as its handler heard it: staff are shown it for a week.</summary>
    public string? Answer { get; set; }

    /// <summary>The payload, opened where it is sealed.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed under another key.</exception>
    public string Open(SecretBox box) => Sealed.Length == 0 ? Payload : Encoding.UTF8.GetString(box.Open(Sealed, OutboxStore.Sealed.Purpose));
}

/// <summary>Delivers the messages of one topic; a feature registers it as this interface.</summary>
public interface IOutboxHandler
{
    /// <summary>Stable: messages of it may wait in the database.</summary>
    string Topic { get; }

    /// <summary>How many it delivers at once on one node.</summary>
    int AtOnce => 16;

    /// <summary>How many of them may be one tenant's: what each tenant has of its own, such as a mail server, may hang.</summary>
    int PerTenant => AtOnce;

    /// <summary>
    /// Delivers outside any transaction, in no order, at least once: a node that dies half-way leaves the message to another. An
    /// exception means that it is tried again later, or never where it is a <see cref="DeliveryFailure"/> that says so.
    /// </summary>
    /// <param name="ct">Fires after half a minute, and when the server stops.</param>
    Task Deliver(OutboxMessage message, CancellationToken ct);
}

/// <summary>How long a message that could not be delivered waits.</summary>
public static class OutboxBackoff
{
    private const double First = 5;

    /// <summary>In seconds.</summary>
    internal const double Longest = 3600;

    internal static readonly TimeSpan Most = TimeSpan.FromSeconds(Longest);

    /// <summary>Five seconds after the first try, twice as long after each, at most an hour; less up to half of it, so that what failed together does not come back together.</summary>
    /// <param name="tries">Begun so far, from 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(long tries, double chance) =>
        TimeSpan.FromSeconds(Math.Min(Longest, First * Math.Pow(2, tries - 1)) * (1 - chance / 2));
}
