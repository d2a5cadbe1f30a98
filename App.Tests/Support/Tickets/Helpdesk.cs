using Gatehouse.Platform.Http;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;
using Gatehouse.Tests.Accounts;

namespace Gatehouse.Tests.Support.Tickets;

/// <summary>Customers who ask, for tests.</summary>
public static class Helpdesk
{
    /// <summary>A picture by its first bytes.</summary>
    public static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13];

    public static Caller As(string account, string tenant = Caller.DefaultTenant) => new(tenant, "customer", account, "Customer", null, PermissionSet.None, null, null);

    /// <summary>A member of staff with a session.</summary>
    public static async Task<Caller> Member(TestServer server, string tenant = Caller.DefaultTenant) =>
        new(tenant, "staff", await server.Staff.Account(Role.Operator, tenant), "Test Operator", Role.Operator, PermissionSet.Everything, null, null);

    /// <summary>Someone new, and the REST faces as they call them.</summary>
    public static async Task<(string Account, HttpClient Http)> Customer(TestServer server, string tenant = Caller.DefaultTenant)
    {
        var account = await server.Staff.Customer(tenant);
        return (account, server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, tenant, account)));
    }

    /// <summary>A browser of a customer's.</summary>
    public static async Task<TestBrowser> Browser(TestServer server, string account, string language = "en")
    {
        var browser = server.Browser(language);
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        return browser;
    }

    /// <summary>A ticket of that customer, or of someone new.</summary>
    public static async Task<Ticket> Ask(TestServer server, string? account = null, string subject = "It does not start", string tenant = Caller.DefaultTenant, params byte[][] files)
    {
        var who = As(account ?? await server.Staff.Customer(tenant), tenant);
        var kept = new List<KeptFile>();
        foreach (var file in files)
            kept.Add(await Keep(server, file));
        return await server.Db.Write(s => server.Service<TicketService>().Ask(s, who, new NewTicket(subject, "I press the button, and nothing happens."), kept));
    }

    public static Task<KeptFile> Keep(TestServer server, byte[] content, string name = "notes.txt") =>
        server.Service<TicketFolder>().Keep(new MemoryStream(content), name, "files", default);

    public static async Task<List<TicketFile>> Files(TestServer server, Ticket ticket, string tenant = Caller.DefaultTenant) =>
        await server.Db.Read(s => TicketFileStore.Of(s, tenant, ticket.Id));

    /// <summary>As it is now, for staff.</summary>
    public static Task<Ticket> Now(TestServer server, Ticket ticket) => server.Db.Read(s => server.Service<TicketService>().Get(s, Caller.System, ticket.Id));
}
