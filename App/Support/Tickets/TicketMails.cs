using Gatehouse.Accounts.Customers;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Tickets;

/// <summary>Tells each side by mail that the other has written; never of notes. Where mail is not set up, nothing is queued.</summary>
public sealed class TicketMails(MailQueue mails, TenantSettings settings, Database db, IConfiguration config)
{
    private const int Quoted = 800;

    private static readonly MailTemplate Answered = new("ticket_answered", "mail.ticket_answered.subject",
        MailPart.Text("mail.ticket.number", 0, 1), MailPart.Text("mail.ticket.text", 2), MailPart.Link("mail.ticket_answered.open", 3), MailPart.Text("mail.ticket_answered.how")) { Title = "mail.ticket_answered.title", Names = ["number", "subject", "text", "link"] };

    private static readonly MailTemplate Asked = new("ticket_asked", "mail.ticket_asked.subject",
        MailPart.Text("mail.ticket.number", 0, 1), MailPart.Text("mail.ticket.text", 2), MailPart.Link("mail.ticket_asked.open", 3)) { Title = "mail.ticket_asked.title", Names = ["number", "subject", "text", "link"] };

    public static readonly IReadOnlyList<MailTemplate> Templates = [Answered, Asked];

    /// <summary>Tells the customer what staff have written.</summary>
    internal async ValueTask ToCustomer(WriteTx s, string tenant, Ticket ticket, Customer customer, TicketMessage message)
    {
        if (IsSetUp(tenant) && customer is { Email: { } email, DisabledAt: null } && customer.State != "pending")
            await mails.Add(s, tenant, Of(Answered, email, customer.Language, ticket, message, "/account/tickets/"), "ticket:" + message.Id);
    }

    /// <summary>Tells who of staff looks after it, else the address that the operator has set, what the customer has written.</summary>
    internal async ValueTask ToStaff(WriteTx s, string tenant, Ticket ticket, TicketMessage message)
    {
        if (!IsSetUp(tenant))
            return;
        // Staff who sign in by their address are reached by it.
        var assignee = ticket.Assignee is null ? null : await s.One("SELECT username FROM accounts WHERE id = @id AND kind = 'staff' AND disabled_at IS NULL", r => r.GetString(0), ("id", ticket.Assignee));
        var to = assignee is not null && EmailAddress.IsValid(assignee) ? assignee : settings.Get(tenant, TicketSettings.Mail);
        if (to.Length > 0)
            await mails.Add(s, tenant, Of(Asked, to, "", ticket, message, "/admin/tickets/"), "ticket:" + message.Id);
    }

    private MailMessage Of(MailTemplate template, string to, string language, Ticket ticket, TicketMessage message, string page) =>
        Mails.Of(template, to, language.Length > 0 ? language : Language(ticket, message), $"#{ticket.Number}", ticket.Subject, Short(message.Text), PublicAddress.Base(config) + page + ticket.Id) with { Account = ticket.AccountId };

    // Who has not said what they speak is spoken to as they write.
    private static string Language(Ticket ticket, TicketMessage message) => (ticket.Subject + message.Text).Any(c => c is >= '\u4e00' and <= '\u9fff') ? "zh" : "en";

    private static string Short(string text) => text.Length <= Quoted ? text : text[..(char.IsHighSurrogate(text[Quoted - 1]) ? Quoted - 1 : Quoted)] + "…";

    /// <summary>Is the calling customer told by mail what staff answer?</summary>
    public async ValueTask<bool> Reaches(HttpContext ctx)
    {
        var who = ctx.Caller();
        await settings.Refresh(who.TenantId);
        return IsSetUp(who.TenantId) && await db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE tenant_id = @tenant AND id = @id AND email IS NOT NULL", ("tenant", who.TenantId), ("id", who.Id ?? "")), ctx.RequestAborted) > 0;
    }

    private bool IsSetUp(string tenant) => settings.Get(tenant, MailSettings.Host).Length > 0;
}
