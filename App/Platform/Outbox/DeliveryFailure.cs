using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Outbox;

/// <summary>Why a message could not be delivered, in words for staff; stored as a message, so that each reader sees it in their own language.</summary>
/// <param name="reason">Its texts in the words of who refused, such as a server's own answer.</param>
public sealed class DeliveryFailure(Message reason, Exception? cause = null) : Exception(Localizer.For("en")[reason], cause)
{
    public Message Reason => reason;

    /// <summary>It will never go: it is given up at once.</summary>
    public bool Final { get; init; }

    /// <summary>How long the receiver wants to be left alone; it waits at least so long.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Not yet its turn: the message waits so long, and the try is not counted.</summary>
public sealed class DeliveryPostponed(TimeSpan after) : Exception($"It waits for {after}.")
{
    public TimeSpan After => after;
}
