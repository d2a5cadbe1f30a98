using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A question and its answer, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class TicketTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task A_customer_asks_with_a_picture_and_reads_the_answer(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        await (await server.As(Role.Owner)).PostApi("/api/canned-answers", new { title = "Restart 重启", text_en = "Hello {{name}}, please restart it.", text_zh = "{{name}}，您好！请重启试试。" });
        await using var asking = await chrome.Open(server, language, theme, width);
        await asking.SignInCustomer();
        var customer = asking.Page;
        await asking.Go("/account");
        await customer.Locator("#my-tickets .card-header a").ClickAsync();
        await customer.FillAsync("#subject", "It does not start 打不开");
        await customer.FillAsync("#text", "I press the button,\nand nothing happens. 点了没有反应。");
        await customer.SetInputFilesAsync("#files", new FilePayload[] { new() { Name = "屏幕 screen.png", MimeType = "image/png", Buffer = [.. Helpdesk.Png, .. new byte[20_000]] }, new() { Name = "error.log", MimeType = "text/plain", Buffer = "failed"u8.ToArray() } });
        await Sound(asking);
        await customer.Locator("main .btn-primary").ClickAsync();
        await Assertions.Expect(customer.Locator("#conversation .gh-files li")).ToHaveCountAsync(2);
        await Sound(asking);
        var ticket = new Uri(customer.Url).AbsolutePath;

        await using var answering = await chrome.Open(server, language, theme, width);
        await answering.SignIn(Role.Operator);
        var staff = answering.Page;
        await answering.Go("/admin/tickets");
        await Sound(answering);
        await staff.Locator("tbody a.gh-unread").ClickAsync();
        await Sound(answering);
        var download = await staff.RunAndWaitForDownloadAsync(() => staff.Locator(".gh-files a").First.ClickAsync());
        Assert.Equal("屏幕 screen.png", download.SuggestedFilename);
        // The canned answer comes in without the page being left, and what is typed stays.
        await staff.FillAsync("#text", "First of all:");
        await staff.EvaluateAsync("window.stayed = true");
        await staff.SelectOptionAsync("select[name=canned]", new SelectOptionValue { Label = "Restart 重启" });
        await staff.ClickAsync("button[name=insert]");
        await Assertions.Expect(staff.Locator("#text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^First of all:\\n\\n.*Test customer"));
        Assert.True(await staff.EvaluateAsync<bool>("window.stayed === true"));
        await staff.Locator("#answer .btn-primary").ClickAsync();
        await Assertions.Expect(staff.Locator("#conversation li.staff")).ToHaveCountAsync(1);

        await asking.Go("/account");
        await customer.Locator(".gh-account-main .card .gh-item .btn").First.ClickAsync();
        Assert.Equal(ticket, new Uri(customer.Url).AbsolutePath);
        await Assertions.Expect(customer.Locator("#conversation li.staff")).ToContainTextAsync("First of all:");
        await customer.FillAsync("#text", "Thank you 谢谢");
        await customer.Locator("#answer .btn-primary").ClickAsync();
        await Assertions.Expect(customer.Locator("#conversation .gh-talk > li")).ToHaveCountAsync(3);
        await Sound(asking);
        Assert.Equal([], asking.Complaints.Concat(answering.Complaints));
    }

    private static async Task Sound(Window window)
    {
        Assert.Empty(await window.Axe());
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Squeezed());
    }
}
