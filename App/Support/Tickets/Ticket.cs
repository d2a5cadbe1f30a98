using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Tickets;

/// <summary>What a customer asks, with all that is written about it. Times in unix milliseconds.</summary>
public sealed record Ticket
{
    public const int MaxSubject = 120;
    public const int MaxText = 10_000;
    public const int MaxAbout = 200;

    /// <summary>Messages of one ticket, notes among them.</summary>
    public const int MaxMessages = 200;

    /// <summary>New tickets of one customer within a day.</summary>
    public const int PerDay = 10;

    public const string Open = "open", WaitingUs = "waiting_us", WaitingCustomer = "waiting_customer", Closed = "closed";

    /// <summary>Nobody has answered yet; the customer has written again; staff have answered; done.</summary>
    public static readonly IReadOnlyList<string> States = [Open, WaitingUs, WaitingCustomer, Closed];

    public static readonly IReadOnlyList<string> Priorities = ["low", "normal", "high"];

    /// <summary>What staff change; reads give <c>@stale</c>, before which an answer is too old to be waited for.</summary>
    public static readonly Fields<Ticket> Fields = new Fields<Ticket>("tickets", "t")
        .Text("id", t => t.Id, (t, v) => t with { Id = v }, use: FieldUse.Inserted)
        .Number("number", t => t.Number, (t, v) => t with { Number = v }, use: FieldUse.Inserted)
        .Text("account_id", t => t.AccountId, (t, v) => t with { AccountId = v }, use: FieldUse.Inserted)
        .Text("subject", t => t.Subject, (t, v) => t with { Subject = v }, (check, field, v) => check.Text(field, v, 1, MaxSubject), FieldUse.Inserted)
        .Text("about", t => t.About, (t, v) => t with { About = v }, use: FieldUse.Inserted)
        .Text("state", t => t.State, (t, v) => t with { State = v }, (check, field, v) => OneOf(check, field, v, States), sql: $"CASE WHEN t.state = '{WaitingCustomer}' AND t.state_at <= @stale THEN '{Closed}' ELSE t.state END")
        .Text("priority", t => t.Priority, (t, v) => t with { Priority = v }, (check, field, v) => OneOf(check, field, v, Priorities))
        .TextOrNull("assignee", t => t.Assignee, (t, v) => t with { Assignee = v }, (check, field, v) => v is null || v.Trim().Length == 0 ? null : check.Text(field, v, 1, 64))
        .Time("state_at", t => t.StateAt, (t, v) => t with { StateAt = v }, FieldUse.Stored)
        .Time("customer_at", t => t.CustomerAt, (t, v) => t with { CustomerAt = v }, FieldUse.Stored)
        .Time("staff_at", t => t.StaffAt, (t, v) => t with { StaffAt = v }, FieldUse.Stored)
        .Number("messages", t => t.Messages, (t, v) => t with { Messages = v }, use: FieldUse.Stored)
        .Text("folded", t => SearchText.Of($"#{t.Number}", t.Subject, t.About), (t, _) => t, use: FieldUse.Inserted)
        .Time("created_at", t => t.CreatedAt, (t, v) => t with { CreatedAt = v }, FieldUse.Inserted)
        .Time("updated_at", t => t.UpdatedAt, (t, v) => t with { UpdatedAt = v }, FieldUse.Stored);

    public string Id { get; init; } = "";

    /// <summary>What people say: #1042.</summary>
    public long Number { get; init; }

    /// <summary>The customer's account.</summary>
    public string AccountId { get; init; } = "";
    public string Subject { get; init; } = "";

    /// <summary>What of the customer's own it is about; empty for none.</summary>
    public string About { get; init; } = "";

    /// <summary>One of <see cref="States"/>, as it is at the moment of the read.</summary>
    public string State { get; init; } = Open;
    public long StateAt { get; init; }
    public string Priority { get; init; } = "normal";

    /// <summary>The account of staff that looks after it; null for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>When the customer wrote last; 0 for never: staff have opened it.</summary>
    public long CustomerAt { get; init; }

    /// <summary>When staff answered last; 0 for never.</summary>
    public long StaffAt { get; init; }
    public long Messages { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    public bool IsClosed => State == Closed;

    /// <summary>Where it goes on when it is opened again, or when the customer has written.</summary>
    public string StateForUs => StaffAt == 0 ? Open : WaitingUs;

    /// <summary>Where the list goes on after it.</summary>
    public string Cursor => $"{UpdatedAt}:{Id}";

    private static string OneOf(FieldChecks check, string field, string typed, IReadOnlyList<string> known)
    {
        if (!known.Contains(typed))
            check.Wrong(field, "field.one_of", string.Join(", ", known));
        return typed;
    }
}

/// <summary>A ticket in a list.</summary>
/// <param name="Person">What staff call the customer.</param>
/// <param name="AssigneeName">Null where nobody looks after it.</param>
/// <param name="Unread">The other side has written since the reader looked.</param>
public sealed record TicketItem(Ticket Ticket, string Person, string? AssigneeName, bool Unread);

/// <summary>One message of a ticket.</summary>
/// <param name="Kind"><c>customer</c>, <c>staff</c> or <c>note</c>, which only staff see.</param>
/// <param name="AuthorName">Of staff; empty where the customer wrote.</param>
public sealed record TicketMessage(string Id, string Kind, string? AuthorId, string AuthorName, string Text, long At)
{
    public const string Customer = "customer", Staff = "staff", Note = "note";
}

/// <summary>A ticket to be.</summary>
/// <param name="About">What of the customer's own it is about; empty for none.</param>
public sealed record NewTicket(string Subject, string Text, string About = "", string Priority = "normal");

/// <summary>What requests about tickets are refused with.</summary>
public static class TicketErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_TICKET");
    public static readonly ErrorCode TooMany = new(429, "TOO_MANY_TICKETS");
    public static readonly ErrorCode Full = new(409, "TICKET_FULL");

    /// <summary>Somebody else of staff has taken it meanwhile.</summary>
    public static readonly ErrorCode Taken = new(409, "TICKET_TAKEN");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, TooMany, Full, Taken, TicketFiles.FileAnswer.NotFound];
}
