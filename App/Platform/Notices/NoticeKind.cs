using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Notices;

/// <summary>A kind of thing that people are told of, declared by its feature. Its words are the language files' <c>notice.NAME</c>.</summary>
/// <param name="Name">Stable, such as <c>jobs.failed</c>: people have chosen where it goes.</param>
/// <param name="Severity"><see cref="Info"/>, <see cref="Warn"/> or <see cref="Bad"/>. What is bad comes also in quiet hours.</param>
/// <param name="Order">Where it stands among the others, the least first.</param>
public sealed record NoticeKind(string Name, string Severity, int Order)
{
    public const string Info = "info";
    public const string Warn = "warn";
    public const string Bad = "bad";

    /// <summary>It is about a customer's own account and told to that customer, not to staff.</summary>
    public bool ForCustomers { get; init; }
}

/// <summary>Tells people of what happened, by the channels that they have chosen. Implemented by Messaging; any feature calls it inside its transaction.</summary>
public interface INotices
{
    /// <summary>Tells the tenant's staff when the transaction has committed: at once, merged with others of its kind, or in the morning.</summary>
    /// <param name="what">What happened, in a sentence: each reader has it in their language.</param>
    /// <param name="dedupeKey">One notice of the kind a key, for a week; null: each call is one.</param>
    ValueTask Tell(WriteTx tx, string tenant, NoticeKind kind, Message what, string? dedupeKey = null);

    /// <summary>Tells all customers who have channels of their own.</summary>
    ValueTask TellCustomers(WriteTx tx, string tenant, NoticeKind kind, Message what, string? dedupeKey = null);

    /// <summary>Tells one customer by the channels of their own.</summary>
    /// <param name="account">The customer's id.</param>
    ValueTask TellCustomer(WriteTx tx, string tenant, string account, NoticeKind kind, Message what, string? dedupeKey = null);
}
