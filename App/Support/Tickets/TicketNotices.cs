using Gatehouse.Platform.Notices;

namespace Gatehouse.Support.Tickets;

/// <summary>What is told of tickets by channels: their number alone, for what people write there is nobody else's.</summary>
internal static class TicketNotices
{
    public static readonly NoticeKind Asked = new("tickets.asked", NoticeKind.Info, 60);

    public static readonly NoticeKind Answered = new("tickets.answered", NoticeKind.Warn, 130) { ForCustomers = true };
}
