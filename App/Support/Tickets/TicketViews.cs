using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Support.TicketFiles;

namespace Gatehouse.Support.Tickets;

/// <summary>A ticket as clients get it. What staff alone know is left out for customers.</summary>
/// <param name="State"><c>open</c>, <c>waiting_us</c>, <c>waiting_customer</c> or <c>closed</c>.</param>
/// <param name="About">What of the customer's own it is about, such as a key; empty for none.</param>
/// <param name="Priority">For staff: <c>low</c>, <c>normal</c> or <c>high</c>.</param>
/// <param name="Assignee">For staff: the account that looks after it; empty for nobody.</param>
/// <param name="Customer">For staff: whose it is.</param>
public sealed record TicketView(
    string Id, long Number, string Subject, string About, string State, bool Unread, string CreatedAt, string UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Priority = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Assignee = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AssigneeName = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TicketPerson? Customer = null)
{
    public static TicketView Of(TicketItem item, Caller who) => Of(item.Ticket, who) with
    {
        Unread = item.Unread, AssigneeName = who.IsCustomer ? null : item.AssigneeName ?? "", Customer = who.IsCustomer ? null : new TicketPerson(item.Ticket.AccountId, item.Person),
    };

    public static TicketView Of(Ticket t, Caller who) => new(t.Id, t.Number, t.Subject, t.About, t.State, false, Format.Iso(t.CreatedAt), Format.Iso(t.UpdatedAt),
        who.IsCustomer ? null : t.Priority, who.IsCustomer ? null : t.Assignee ?? "");
}

/// <summary>Whose a ticket is.</summary>
public sealed record TicketPerson(
    string Id, string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Phone = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null)
{
    public static TicketPerson Of(Customer c) => new(c.Id, c.Called, c.Email, c.Phone, c.State);
}

/// <param name="By"><c>customer</c>, <c>staff</c> or <c>note</c>, which only staff see.</param>
/// <param name="Name">Of staff; empty where the customer wrote.</param>
public sealed record TicketMessageView(string Id, string By, string Name, string Text, string At, IReadOnlyList<TicketFileView> Attachments)
{
    public static IReadOnlyList<TicketMessageView> Of(IReadOnlyList<TicketMessage> messages, IReadOnlyList<TicketFile> files) =>
        [.. messages.Select(m => new TicketMessageView(m.Id, m.Kind, m.AuthorName, m.Text, Format.Iso(m.At), [.. files.Where(f => f.MessageId == m.Id).Select(TicketFileView.Of)]))];
}

/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its content, in hex.</param>
public sealed record TicketFileView(string Id, string Name, string Type, long Bytes, string Sha256)
{
    public static TicketFileView Of(TicketFile f) => new(f.Id, f.Name, f.Type, f.Bytes, f.Sha256);
}

public sealed record TicketResponse(bool Success, TicketView Ticket);

public sealed record TicketDetails(bool Success, TicketView Ticket, IReadOnlyList<TicketMessageView> Messages);

public sealed record TicketList(bool Success, IReadOnlyList<TicketView> Items, string? Next);

public sealed record TicketFileResponse(bool Success, TicketFileView Attachment);

/// <param name="About">What of the customer's own it is about: one of their keys.</param>
/// <param name="Customer">For staff, who must say to whom they write: id, e-mail address, phone number or user name.</param>
/// <param name="Priority">For staff: <c>low</c>, <c>normal</c> or <c>high</c>.</param>
public sealed record TicketBody(string Subject, string Text, string? About = null, string? Customer = null, string? Priority = null);

/// <param name="Note">For staff: only staff see it.</param>
public sealed record TicketMessageBody(string Text, bool? Note = null);

/// <param name="Content">The file, as base64.</param>
public sealed record TicketFileBody(string Name, byte[] Content);

/// <summary>What staff change of a ticket, as clients send it: described by its fields.</summary>
public sealed record TicketInput;

/// <summary>JSON of tickets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TicketInput))]
[JsonSerializable(typeof(TicketResponse))]
[JsonSerializable(typeof(TicketDetails))]
[JsonSerializable(typeof(TicketList))]
[JsonSerializable(typeof(TicketFileResponse))]
[JsonSerializable(typeof(TicketBody))]
[JsonSerializable(typeof(TicketMessageBody))]
[JsonSerializable(typeof(TicketFileBody))]
internal sealed partial class TicketJson : JsonSerializerContext;
