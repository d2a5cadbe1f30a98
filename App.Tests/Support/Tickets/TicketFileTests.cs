using System.Net;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Support.Tickets;
using Gatehouse.Tests.Licensing;

namespace Gatehouse.Tests.Support.Tickets;

/// <summary>What hangs on tickets: kinds, names, the folder, and how it is sent.</summary>
public sealed class TicketFileTests
{
    [Theory]
    [InlineData("89504E470D0A1A0A00", "image/png")]
    [InlineData("FFD8FFE000", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("52494646AABBCCDD57454250", "image/webp")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("504B0304", "application/zip")]
    [InlineData("1F8B0800", "application/gzip")]
    [InlineData("0000001866747970", "video/mp4")]
    [InlineData("68656C6C6F0A1B5B33316D", "text/plain")]
    [InlineData("C4E3BAC3", "text/plain")]
    [InlineData("FFFE68006900", "text/plain")]
    [InlineData("4D5A9000", null)]
    [InlineData("7F454C46", null)]
    [InlineData("6100", null)]
    [InlineData("", null)]
    public void A_kind_is_seen_in_the_content(string head, string? type) => Assert.Equal(type, FileKind.Of(Convert.FromHexString(head))?.Type);

    [Theory]
    [InlineData("screen.PNG", "screen.png")]
    [InlineData("C:\\Users\\me\\屏幕 截图.png", "屏幕 截图.png")]
    [InlineData("../../etc/passwd", "passwd.png")]
    [InlineData("page.html", "page.html.png")]
    [InlineData("a\r\nSet-Cookie: x\"<b>.png", "aSet-Cookie xb.png")]
    [InlineData("evil\u202egnp.exe", "evilgnp.exe.png")]
    [InlineData(".png", "png.png")]
    [InlineData("...", "file.png")]
    [InlineData("", "file.png")]
    [InlineData(null, "file.png")]
    public void A_name_is_cleaned_and_ends_as_its_kind(string? sent, string name) => Assert.Equal(name, FileKind.Of(Helpdesk.Png)!.Named(sent));

    [Fact]
    public void A_name_is_not_without_end() => Assert.Equal(124, FileKind.Of(Helpdesk.Png)!.Named(new string('x', 5000) + ".png").Length);

    [Theory, BothEngines]
    public async Task A_file_is_sent_back_as_it_was_to_those_whose_it_is(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (account, http) = await Helpdesk.Customer(server);
        var (_, other) = await Helpdesk.Customer(server);
        var ticket = $"/api/tickets/{(await Helpdesk.Ask(server, account)).Id}";
        var page = Encoding.UTF8.GetBytes("<html><script>alert(1)</script>" + new string('x', 200_000));
        var sent = await http.PostApi(ticket + "/attachments", new { name = "页 page.html", content = Convert.ToBase64String(page) });
        Assert.Equal(HttpStatusCode.Created, sent.Status);
        Assert.Equal(("页 page.html.txt", "text/plain", page.Length), ((string)sent["attachment"]!["name"]!, (string)sent["attachment"]!["type"]!, (int)sent["attachment"]!["bytes"]!));
        var path = $"{ticket}/attachments/{(string)sent["attachment"]!["id"]!}";
        // It hangs on what was written last.
        Assert.Single((await http.GetApi(ticket))["messages"]!.AsArray());
        var browser = await Helpdesk.Browser(server, account);
        var pages = await browser.Get(path.Replace("/api/", "/account/", StringComparison.Ordinal));
        Assert.Equal(page, pages.Body);
        Assert.Equal("default-src 'none'; sandbox", pages.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", pages.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("attachment; filename=", pages.ContentHeaders.ContentDisposition!.ToString(), StringComparison.Ordinal);
        Assert.Equal("页 page.html.txt", pages.ContentHeaders.ContentDisposition!.FileNameStar);
        using var got = await owner.GetAsync(path);
        Assert.Equal(page, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal(404, (int)(await other.GetApi(path)).Status);
        Assert.Equal(401, (int)(await server.Http.GetApi(path)).Status);
        // Neither by another ticket of one's own.
        var own = (await Helpdesk.Ask(server, account)).Id;
        (await http.GetApi($"/api/tickets/{own}/attachments/{(string)sent["attachment"]!["id"]!}")).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ATTACHMENT");
        // What hangs on a note is staff's.
        await owner.PostApi(ticket + "/messages", new { text = "Look", note = true });
        var inside = await owner.PostApi(ticket + "/attachments", new { name = "a.txt", content = Convert.ToBase64String("inside"u8) });
        var note = $"{ticket}/attachments/{(string)inside["attachment"]!["id"]!}";
        Assert.Equal((200, 404), ((int)(await owner.GetApi(note)).Status, (int)(await http.GetApi(note)).Status));
        Assert.DoesNotContain("a.txt", (await http.GetApi(ticket)).Text, StringComparison.Ordinal);
        // One that is not in the folder is not there.
        Directory.Delete(Path.Combine(server.Storage.Folder.Path, TicketFolder.Name), recursive: true);
        (await http.GetApi(path)).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ATTACHMENT");
    }

    [Fact]
    public async Task What_is_not_taken_is_said_and_leaves_no_file()
    {
        await using var server = await TestServer.Start();
        var (account, http) = await Helpdesk.Customer(server);
        var ticket = $"/api/tickets/{(await Helpdesk.Ask(server, account)).Id}";
        var large = new byte[FileLimits.MaxBytes + 1];
        Array.Fill(large, (byte)'x');
        foreach (var content in new[] { "MZ\x90\0"u8.ToArray(), [], large })
            (await http.PostApi(ticket + "/attachments", new { name = "a.txt", content = Convert.ToBase64String(content) })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostApi(ticket + "/attachments", new { name = "a.txt", content = new string('A', 8 * FileLimits.Megabyte) })).Status);
        Assert.Empty(Files(server));
        // One of the greatest size is taken, as it is.
        var sent = await http.PostApi(ticket + "/attachments", new { name = "a.txt", content = Convert.ToBase64String(large.AsSpan(1)) });
        Assert.Equal(HttpStatusCode.Created, sent.Status);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(large.AsSpan(1))), (string)sent["attachment"]!["sha256"]!);
        var file = Assert.Single(Files(server));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Matches("^[0-9a-f]{32}$", Path.GetFileName(file));
        // A form that is refused keeps none of its files.
        var browser = await Helpdesk.Browser(server, account);
        var form = await browser.Get("/account/tickets/new");
        var refused = await Send(browser, form, "/account/tickets/new", ("subject", ""), ("text", "Look"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Single(Files(server));
        var done = await Send(browser, form, "/account/tickets/new", ("subject", "A picture"), ("text", "Look"));
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        Assert.Equal(3, Files(server).Count);
        Assert.Contains("one.txt", (await browser.Get(done.Location!)).Text, StringComparison.Ordinal);
        // More than one message takes, and what one of them must not be: none of them is kept.
        var many = await Send(browser, form, "/account/tickets/new", [.. Enumerable.Repeat("more.txt", FileLimits.MaxFiles - 1)], ("subject", "Many"), ("text", "Look"));
        Assert.Contains("Send 5 files at most", many.Text, StringComparison.Ordinal);
        Assert.Equal(3, Files(server).Count);
    }

    [Theory, BothEngines]
    public async Task Files_that_no_row_names_are_tidied_away(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var ticket = await Helpdesk.Ask(server, files: "kept"u8.ToArray());
        await Helpdesk.Keep(server, "never named"u8.ToArray());
        var young = (await Helpdesk.Keep(server, "just now"u8.ToArray())).Stored;
        var folder = Path.Combine(server.Storage.Folder.Path, TicketFolder.Name);
        // As a crash leaves it.
        await File.WriteAllTextAsync(Path.Combine(folder, "incoming", "half"), "ha");
        Assert.Equal(4, Files(server).Count);
        foreach (var file in Files(server))
            File.SetLastWriteTimeUtc(file, (server.Clock.GetUtcNow() - TimeSpan.FromMinutes(Path.GetFileName(file) == young ? 59 : 61)).UtcDateTime);
        var told = await server.Service<JobCatalog>().Find(TicketJobs.Tidy)!.Run(server.Services, default);
        Assert.Equal([0L, 2L], told.Args.Select(Convert.ToInt64));
        Assert.Equal(new[] { (await Helpdesk.Files(server, ticket))[0].Stored, young }.Order(), Files(server).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public async Task A_kind_is_seen_also_where_it_comes_in_small_pieces()
    {
        await using var server = await TestServer.Start();
        var content = Helpdesk.Png.Concat(Enumerable.Repeat((byte)0, 200_000)).ToArray();
        var kept = await server.Service<TicketFolder>().Keep(new Drops(content), "a.png", "files", default);
        Assert.Equal(("image/png", content.Length), (kept.Type, kept.Bytes));
        Assert.Equal(content, await File.ReadAllBytesAsync(Files(server).Single()));
    }

    private static List<string> Files(TestServer server) =>
        Path.Combine(server.Storage.Folder.Path, TicketFolder.Name) is var folder && Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];

    private static Task<TestPage> Send(TestBrowser browser, TestPage page, string path, params (string Name, string Value)[] fields) => Send(browser, page, path, [], fields);

    private static Task<TestPage> Send(TestBrowser browser, TestPage page, string path, string[] more, params (string Name, string Value)[] fields) => browser.Send(() =>
    {
        var form = new MultipartFormDataContent { { new StringContent(page.Document.QuerySelector("[name=_csrf]")!.GetAttribute("value")!), "_csrf" } };
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent("one"u8.ToArray()), "files", "one.txt");
        form.Add(new ByteArrayContent("two"u8.ToArray()), "files", "two.txt");
        foreach (var name in more)
            form.Add(new ByteArrayContent("more"u8.ToArray()), "files", name);
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
    });

    /// <summary>A wire that brings a byte, then a few, at a time.</summary>
    private sealed class Drops(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, Position < 10 ? 1 : 1000)], ct);
    }
}
