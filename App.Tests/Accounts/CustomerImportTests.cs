using System.Net;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Customers from a file: each line by itself, once however often it is sent, and a way in for each.</summary>
public sealed class CustomerImportTests
{
    private const string File = """
        email,phone,username,display_name,language,password,colour
        chen@example.com,13800138000,,陈宇,zh,,red
        marta@example.org,,marta,Marta Nowak,en,a long password 1,
        bad,,,Nobody,,,
        chen@example.com,,,Again,,,
        ,,,Nameless,,,
        short@example.com,,,,,short,
        staff@example.com,,owner1,Taken,,,
        both@example.com,+4915112345678,,"Both, of two",,,
        """;

    private static object Body(string content, string invite = "none", bool dry = false) => new { content, invite, dry_run = dry };

    private static string[] Results(ApiAnswer answer) => [.. answer["items"]!.AsArray().Select(i => $"{i!["line"]} {i["result"]} {i["field"]}".TrimEnd())];

    [Theory, BothEngines]
    public async Task Each_line_is_judged_by_itself_and_a_second_run_brings_in_nothing_more(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/staff", new { username = "owner1", display_name = "O", role = "analyst", password = "seven quiet rivers" });
        await owner.PostApi("/api/users", new { email = "both@example.com" });
        await owner.PostApi("/api/users", new { phone = "+4915112345678" });
        string[] expected = ["2 created", "3 created", "4 refused email", "5 refused email", "6 refused email", "7 refused password", "8 refused username", "9 refused phone"];
        var dry = await owner.PostApi("/api/users/import", Body(File, dry: true));
        Assert.True(dry.Status == HttpStatusCode.OK, dry.ToString());
        Assert.Equal(expected, Results(dry));
        Assert.Equal(["colour"], dry["not_read"]!.AsArray().Select(n => (string)n!));
        Assert.Equal("The same stands on line 2.", (string?)dry["items"]![3]!["reason"]);
        Assert.Equal(2, (await owner.GetApi("/api/users"))["items"]!.AsArray().Count);

        var done = await owner.PostApi("/api/users/import", Body(File));
        Assert.Equal(expected, Results(done));
        Assert.Equal((2, 0, 6), ((long)done["created"]!, (long)done["exists"]!, (long)done["refused"]!));
        var chen = (await owner.GetApi("/api/users/13800138000"))["user"]!;
        Assert.Equal(("chen@example.com", "陈宇", "zh", "active"), ((string?)chen["email"], (string?)chen["display_name"], (string?)chen["language"], (string?)chen["state"]));
        Assert.Equal((string?)chen["id"], (string?)done["items"]![0]!["id"]);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = "marta", password = "a long password 1" })).Status);
        Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login = "chen@example.com", password = "a long password 1" })).Code);

        var again = await owner.PostApi("/api/users/import", Body(File));
        Assert.Equal((0, 2), ((long)again["created"]!, (long)again["exists"]!));
        Assert.Equal(4, (await owner.GetApi("/api/users"))["items"]!.AsArray().Count);
        Assert.DoesNotContain(await server.Db.Read(s => s.All("SELECT after_json FROM audit_entries WHERE after_json IS NOT NULL", r => r.GetString(0))), json => json.Contains("chen@", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "There are no lines with customers.")]
    [InlineData("email\n", "There are no lines with customers.")]
    [InlineData("chen@example.com\n", "The first line must name the columns, and one of them must be email, phone or username.")]
    [InlineData("name,note\nA,B\n", "The first line must name the columns, and one of them must be email, phone or username.")]
    [InlineData("email,mail\na@example.com,b@example.com\n", "Two columns are called email.")]
    [InlineData("email,note\na@example.com,\"open\n", "Line 2 cannot be read: a quote has no end (column 15).")]
    public async Task A_file_that_is_none_is_refused_with_the_reason(string content, string told)
    {
        await using var server = await TestServer.Start();
        var refused = await (await server.As(Role.Operator)).PostApi("/api/users/import", Body(content, dry: true));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, told), (refused.Status, (string?)refused["errors"]!["content"]![0]));
    }

    [Theory, BothEngines]
    public async Task A_link_that_is_mailed_sets_the_first_password_once(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        Assert.Equal("MAIL_NOT_SET_UP", (await owner.PostApi("/api/users/import", Body("email\na@example.com", "mail"))).Code);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        Assert.Equal(1, (long)(await owner.PostApi("/api/users/import", Body("邮箱,语言\na@example.com,zh", "mail")))["created"]!);
        var mail = await smtp.Next();
        Assert.Equal(("a@example.com", "您在 Gatehouse 的账号"), (mail.To, mail.Mime.Subject));
        var link = mail.Mime.TextBody!.Split('\n').Single(l => l.Contains("/reset-password?token=", StringComparison.Ordinal)).Trim();
        server.Clock.Advance(TimeSpan.FromDays(13));
        await SetPassword(server, link, "another long one 2");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = "a@example.com", password = "another long one 2" })).Status);
        Assert.Equal(HttpStatusCode.Gone, (await server.Browser().Get(new Uri(link).PathAndQuery)).Status);
    }

    [Theory, BothEngines]
    public async Task Links_are_told_once_and_end_after_two_weeks(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var done = await owner.PostApi("/api/users/import", Body("phone\n13800138000\n13800138001", "links"));
        var links = done["items"]!.AsArray().Select(i => (string)i!["link"]!).ToList();
        await SetPassword(server, links[0], "another long one 2");
        server.Clock.Advance(TimeSpan.FromDays(14));
        Assert.Equal(HttpStatusCode.Gone, (await server.Browser().Get(new Uri(links[1]).PathAndQuery)).Status);
        Assert.Null((await owner.PostApi("/api/users/import", Body("phone\n13800138000", "links")))["items"]![0]!["link"]);
    }

    [Theory, BothEngines]
    public async Task On_the_page_it_is_looked_at_first_runs_in_the_background_and_gives_its_links_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var browser = await server.SignedIn(Role.Operator);
        var content = new StringBuilder("email,display_name\n");
        for (var i = 0; i < 1200; i++)
            content.Append($"person{i}@example.com,Person {i}\n");
        content.Append("nobody,Nobody\n");
        var form = await browser.Get("/admin/users/import");
        var check = await browser.Submit(form, "form[action='/admin/users/import']", new() { ["content"] = content.ToString(), ["invite"] = "links", ["step"] = "check" });
        Assert.Contains("1,200 new, 0 there already, 1 refused", check.Text, StringComparison.Ordinal);
        Assert.Contains("nobody", check.One("#judged tbody tr:first-child").TextContent, StringComparison.Ordinal);
        var run = await browser.Submit(check, "form[action='/admin/users/import']", new() { ["step"] = "import" });
        await Wait.Until(async () => (run = await browser.Get(run.Path)).Text.Contains("The import is done", StringComparison.Ordinal), "the import is done", seconds: 60);
        Assert.Contains("New: 1,200. There already: 0. Refused: 1.", run.Text, StringComparison.Ordinal);
        Assert.Equal(1200, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE kind = 'customer'")));
        // Sent once more, it is the same import.
        Assert.Contains("New: 1,200.", (await browser.Submit(check, "form[action='/admin/users/import']", new() { ["step"] = "import" })).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await server.Db.Read(s => s.All("SELECT sealed_links FROM customer_imports UNION ALL SELECT request FROM operations", r => r.GetString(0))), text => text.Contains("person1@", StringComparison.Ordinal));

        var other = await server.SignedIn(Role.Operator);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Get(run.Path)).Status);
        var file = await browser.Submit(run, $"form[action='{run.Path}/links']", []);
        var lines = file.Html.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1201, lines.Length);
        Assert.Contains(lines, l => l.Contains("person7@example.com,,Person 7,", StringComparison.Ordinal) && l.Contains("/reset-password?token=", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Submit(run, $"form[action='{run.Path}/links']", [])).Status);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM customer_imports")));
    }

    private static async Task SetPassword(TestServer server, string link, string password)
    {
        var browser = server.Browser();
        var page = await browser.Get(new Uri(link).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        await browser.Submit(page, "form[action='/reset-password']", new() { ["password"] = password, ["password_repeat"] = password });
    }
}
