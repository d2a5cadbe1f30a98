using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;
using Gatehouse.Tests.Accounts;

namespace Gatehouse.Tests.Support.Tickets;

/// <summary>Tickets, as transactions on both engines.</summary>
public sealed class TicketTests
{
    [Theory, BothEngines]
    public async Task States_follow_who_wrote_last(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var tickets = server.Service<TicketService>();
        var (account, staff) = (await server.Staff.Customer(), await Helpdesk.Member(server));
        var who = Helpdesk.As(account);
        var first = await Helpdesk.Ask(server, account);
        var second = await Helpdesk.Ask(server);
        Assert.Equal((1001L, 1002L), (first.Number, second.Number));
        Assert.Equal("open", first.State);
        Task<Ticket> Write() => server.Db.Write(s => tickets.Write(s, who, first.Id, "And now?", []));
        Task<Ticket> Answer(bool note = false) => server.Db.Write(s => tickets.Answer(s, staff, "#1001", "Restart it.", note, []));
        Task<Ticket> Close(bool closed) => server.Db.Write(s => tickets.SetClosed(s, who, first.Id, closed));
        // Until somebody has answered it is new, whatever the customer adds and whatever staff note.
        Assert.Equal("open", (await Write()).State);
        Assert.Equal(("open", null), ((await Answer(note: true)).State, (await Helpdesk.Now(server, first)).Assignee));
        Assert.Equal("open", (await Close(true), await Close(false)).Item2.State);
        var answered = await Answer();
        Assert.Equal(("waiting_customer", staff.Id), (answered.State, answered.Assignee));
        Assert.Equal("waiting_us", (await Write()).State);
        Assert.Equal("closed", (await Close(true)).State);
        // Who writes in a closed one opens it.
        Assert.Equal("waiting_us", (await Write()).State);
        Assert.Equal("closed", (await server.Db.Write(s => tickets.Settle(s, staff, first.Id, true))).State);
        Assert.Equal("waiting_us", (await Close(false)).State);
        Assert.Equal(["customer", "customer", "note", "staff", "customer", "customer"],
            (await server.Db.Read(s => tickets.Conversation(s, staff, first))).Messages.Select(m => m.Kind));
        // A customer sees no note, and nothing of another's.
        Assert.DoesNotContain((await server.Db.Read(s => tickets.Conversation(s, who, first))).Messages, m => m.Kind == "note");
        Assert.Equal("NO_SUCH_TICKET", await Bench.Code(() => server.Db.Read(s => tickets.Get(s, who, second.Id))));
        Assert.Equal("NO_SUCH_TICKET", await Bench.Code(() => server.Db.Read(s => tickets.Get(s, who, "1002"))));
        Assert.Equal("NO_SUCH_TICKET", await Bench.Code(() => server.Db.Read(s => tickets.Get(s, staff, "nothing"))));
    }

    [Theory, BothEngines]
    public async Task One_that_waits_too_long_is_closed_at_once_and_written_down_later(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { tickets = new { close_after_days = 3 } });
        var ticket = await Helpdesk.Ask(server);
        var waiting = await Helpdesk.Ask(server);
        await owner.PostApi($"/api/tickets/{ticket.Id}/messages", new { text = "Restart it." });
        server.Clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromSeconds(1));
        Assert.Equal([ticket.Id], await Listed("waiting_customer"));
        Assert.Empty(await Listed("closed"));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("closed", (await Helpdesk.Now(server, ticket)).State);
        Assert.Equal([ticket.Id], await Listed("closed"));
        Assert.Empty(await Listed("waiting_customer"));
        Assert.Equal([waiting.Id], await Listed("todo"));
        Assert.Equal("waiting_customer", await Stored());
        var told = await server.Service<JobCatalog>().Find(TicketJobs.Tidy)!.Run(server.Services, default);
        Assert.Equal([1L, 0L], told.Args.Select(Convert.ToInt64));
        Assert.Equal("closed", await Stored());
        Assert.Equal([ticket.Id], await Listed("closed"));

        async Task<string[]> Listed(string state) => [.. (await owner.GetApi("/api/tickets?state=" + state))["items"]!.AsArray().Select(t => (string)t!["id"]!)];
        async Task<string> Stored() => (await server.Db.Read(s => s.One("SELECT state FROM tickets WHERE id = @id", r => r.GetString(0), ("id", ticket.Id))))!;
    }

    [Theory, BothEngines]
    public async Task Of_two_who_take_one_at_once_one_has_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var tickets = server.Service<TicketService>();
        var (mei, wei) = (await Helpdesk.Member(server), await Helpdesk.Member(server));
        for (var round = 0; round < 10; round++)
        {
            var ticket = await Helpdesk.Ask(server);
            var codes = await Task.WhenAll(new[] { mei, wei }.Select(who => Bench.Code(() => Gatehouse.Audit.Log.Commands.Command(server.Db, who, s => tickets.Change(s, who, ticket.Id, t => t with { Assignee = who.Id }, "")))));
            Assert.Equal([null, "TICKET_TAKEN"], codes.Order());
            Assert.Equal(codes[0] is null ? mei.Id : wei.Id, (await Helpdesk.Now(server, ticket)).Assignee);
            // Who saw that it was taken may take it over.
            var (loser, winner) = codes[0] is null ? (wei, mei) : (mei, wei);
            Assert.Null(await Bench.Code(() => server.Db.Write(s => tickets.Change(s, loser, ticket.Id, t => t with { Assignee = loser.Id }, winner.Id))));
        }
    }

    [Theory, BothEngines]
    public async Task Many_at_once_get_numbers_of_their_own_and_no_more_than_a_day_has(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var account = await server.Staff.Customer();
        var made = await Task.WhenAll(Enumerable.Range(0, Ticket.PerDay + 5).Select(i => Bench.Code(() => Helpdesk.Ask(server, account))));
        Assert.Equal(5, made.Count(c => c == "TOO_MANY_TICKETS"));
        Assert.Equal(Ticket.PerDay, await server.Db.Read(s => s.Number("SELECT COUNT(DISTINCT number) FROM tickets")));
        Assert.Null(await Bench.Code(() => Helpdesk.Ask(server)));
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Bench.Code(() => Helpdesk.Ask(server, account)));
    }

    [Theory, BothEngines]
    public async Task What_came_while_it_was_read_stays_unread(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var tickets = server.Service<TicketService>();
        var (account, staff) = (await server.Staff.Customer(), await Helpdesk.Member(server));
        var shown = await Helpdesk.Ask(server, account);
        Task<bool> Unread(Caller who) => server.Db.Read(async s => await tickets.IsUnread(s, who, await tickets.Get(s, who, shown.Id)));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await server.Db.Write(s => tickets.Write(s, Helpdesk.As(account), shown.Id, "One more thing", []));
        await server.Db.Write(s => tickets.Seen(s, staff, shown));
        Assert.True(await Unread(staff));
        var now = await Helpdesk.Now(server, shown);
        await server.Db.Write(s => tickets.Seen(s, staff, now));
        Assert.False(await Unread(staff));
        // A page that was opened before tells no less.
        await server.Db.Write(s => tickets.Seen(s, staff, shown));
        Assert.False(await Unread(staff));
        // To each their own; what one writes oneself is no news.
        Assert.True(await Unread(await Helpdesk.Member(server)));
        Assert.False(await Unread(Helpdesk.As(account)));
        await server.Db.Write(s => tickets.Answer(s, staff, shown.Id, "Done", false, []));
        Assert.True(await Unread(Helpdesk.As(account)));
        // Programs read nothing.
        Assert.False(await Unread(staff with { Kind = "token", Id = null }));
    }

    [Theory, BothEngines]
    public async Task Two_who_close_many_at_once_close_each_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var tickets = server.Service<TicketService>();
        var (mei, wei) = (await Helpdesk.Member(server), await Helpdesk.Member(server));
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
            ids.Add((await Helpdesk.Ask(server)).Id);
        var closed = await Task.WhenAll(
            Gatehouse.Audit.Log.Commands.Command(server.Db, mei, s => tickets.CloseAll(s, mei, ids)), Gatehouse.Audit.Log.Commands.Command(server.Db, wei, s => tickets.CloseAll(s, wei, ids.AsEnumerable().Reverse().Append("nothing"))));
        Assert.Equal(6, closed.Sum());
        Assert.Equal(6, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM tickets WHERE state = 'closed'")));
    }

    [Theory, BothEngines]
    public async Task Files_of_a_ticket_and_of_a_customer_have_their_bounds(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var tickets = server.Service<TicketService>();
        var account = await server.Staff.Customer();
        var who = Helpdesk.As(account);
        var first = await Helpdesk.Ask(server, account);
        var second = await Helpdesk.Ask(server, account);
        var file = await Helpdesk.Keep(server, "x"u8.ToArray());
        KeptFile Large(long bytes) => file with { Bytes = bytes, Stored = Guid.NewGuid().ToString("N") };
        async Task<string?> Attach(Ticket ticket, long bytes, Caller? by = null) =>
            await Bench.Code(() => server.Db.Write(s => tickets.Attach(s, by ?? who, ticket.Id, Large(bytes))));
        Assert.Null(await Attach(first, FileLimits.MaxOfTicket - 1));
        Assert.Equal("VALIDATION_FAILED", await Attach(first, 2));
        // Two at once are not one more than there may be.
        var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Attach(first, 1)));
        Assert.Equal(3, codes.Count(c => c == "VALIDATION_FAILED"));
        await server.Db.Write(s => s.Execute("UPDATE ticket_files SET bytes = @most WHERE account_id = @account AND bytes = 1", ("most", FileLimits.MaxOfAccount), ("account", account)));
        Assert.Equal("VALIDATION_FAILED", await Attach(second, 1));
        // What staff attach is not the customer's.
        Assert.Null(await Attach(second, 1, await Helpdesk.Member(server)));
    }

    [Theory, BothEngines]
    public async Task A_customer_who_goes_leaves_no_word_and_no_file(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" }, tickets = new { mail = "help@example.com" } });
        var (account, http) = await Helpdesk.Customer(server);
        var opened = await http.PostApi("/api/tickets", new { subject = "Uniquesubject", text = "Uniquetext" }, "once");
        var id = (string)opened["ticket"]!["id"]!;
        await http.PostApi($"/api/tickets/{id}/attachments", new { name = "uniquefile.txt", content = Convert.ToBase64String("unique"u8) });
        await owner.PostApi($"/api/tickets/{id}/messages", new { text = "Uniqueanswer" }, "twice");
        await owner.PostApi($"/api/tickets/{id}/messages", new { text = "Uniquenote", note = true });
        await (await Helpdesk.Browser(server, account)).Get("/account/tickets/" + id);
        var other = await Helpdesk.Ask(server, files: "kept"u8.ToArray());
        var path = server.Service<TicketFolder>().Find((await Helpdesk.Files(server, new Ticket { Id = id }))[0])!;
        Assert.True(File.Exists(path));
        // To staff and to the customer; and to staff about the other.
        Assert.Equal(3, await Mails());
        await owner.DeleteApi("/api/users/" + account);
        Assert.False(File.Exists(path));
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains("unique", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(1, await Mails());
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM tickets")));
        Assert.NotNull(server.Service<TicketFolder>().Find((await Helpdesk.Files(server, other))[0]));
        Assert.Equal(404, (int)(await owner.GetApi("/api/tickets/" + id)).Status);

        Task<long> Mails() => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"));
    }
}
