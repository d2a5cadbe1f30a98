using Gatehouse.Platform.Http;
using Gatehouse.Support.Announcements;
using Gatehouse.Support.Articles;
using Gatehouse.Support.CannedAnswers;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Errors;

/// <summary>The ways of announcements, help articles and tickets.</summary>
internal static class SupportWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [AnnouncementErrors.NotFound] = site => site.Owner.GetApi("/api/announcements/nothing").Refused(),
        [CannedAnswerErrors.NotFound] = site => site.Owner.GetApi("/api/canned-answers/nothing").Refused(),
        [TicketErrors.NotFound] = site => site.Owner.GetApi("/api/tickets/nothing").Refused(),
        [FileAnswer.NotFound] = async site => await site.Owner.GetApi($"/api/tickets/{(await Helpdesk.Ask(site.Server)).Id}/attachments/nothing").Refused(),
        [TicketErrors.TooMany] = async site =>
        {
            var (account, http) = await Helpdesk.Customer(site.Server);
            for (var i = 0; i < Ticket.PerDay; i++)
                await Helpdesk.Ask(site.Server, account);
            return await http.PostApi("/api/tickets", new { subject = "One more", text = "Please" }).Refused();
        },
        [TicketErrors.Full] = async site =>
        {
            var ticket = await Helpdesk.Ask(site.Server);
            await site.Server.Db.Write(s => s.Execute("UPDATE tickets SET messages = @most WHERE id = @id", ("most", (long)Ticket.MaxMessages), ("id", ticket.Id)));
            return await site.Owner.PostApi($"/api/tickets/{ticket.Id}/messages", new { text = "One more" }).Refused();
        },
        [TicketErrors.Taken] = async site =>
        {
            var (ticket, mei, wei) = (await Helpdesk.Ask(site.Server), await site.Member(Role.Operator), await site.Member(Role.Operator));
            await site.Call<TicketService>(async (tickets, s) => await tickets.Change(s, mei, ticket.Id, t => t with { Assignee = mei.Id }, ""));
            return await site.Call<TicketService>(async (tickets, s) => await tickets.Change(s, wei, ticket.Id, t => t with { Assignee = wei.Id }, ""));
        },
        [ArticleErrors.NotFound] = site => site.Owner.GetApi("/api/articles/nothing").Refused(),
    };
}
