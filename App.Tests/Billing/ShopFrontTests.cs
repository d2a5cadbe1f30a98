using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Platform.Nodes;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>The shop and the form of one offer, in a browser without script.</summary>
public sealed class ShopFrontTests
{
    private static async Task<string> Offer(HttpClient owner, string name, object? more = null)
    {
        var plan = (string)(await owner.PostApi("/api/plans", new { name, price = 1990, currency = "CNY", on_sale = true, enabled = true }))["plan"]!["id"]!;
        if (more is not null)
            await owner.PatchApi("/api/plans/" + plan, more);
        return plan;
    }

    private static async Task<string> Channel(HttpClient owner, string kind = "offline") =>
        (string)(await owner.PostApi("/api/payment-channels", new { kind, name = kind == "balance" ? "Balance" : "Bank", settings = kind == "balance" ? new { } : (object)new { words = "Bank 1234" } }))["channel"]!["id"]!;

    [Fact]
    public async Task The_shop_is_the_home_page_while_something_is_on_sale()
    {
        await using var server = await TestServer.Start();
        var (owner, browser) = (await server.As(Role.Owner), server.Browser());
        Assert.Contains("Welcome", (await browser.Get("/")).One("h1").TextContent);
        Assert.DoesNotContain((await browser.Get("/activate")).Document.QuerySelectorAll("header nav a"), a => a.GetAttribute("href") == "/shop");
        Assert.Contains("Nothing is on sale right now", (await browser.Get("/shop")).Text);

        var plan = await Offer(owner, "VIP");
        Assert.Equal("VIP", (await browser.Get("/")).One(".gh-offer:not(.gh-have) h3").TextContent);
        server.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("Shop", (await browser.Get("/activate")).One("header nav a[href='/shop']").TextContent);

        await owner.PatchApi("/api/plans/" + plan, new { on_sale = false });
        Assert.Contains("Welcome", (await browser.Get("/")).One("h1").TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/buy/" + plan)).Status);
    }

    [Fact]
    public async Task It_shows_what_there_is_by_group_and_order_and_finds_it()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await Offer(owner, "Late", new { shop_group = "Keys", shop_order = 9, tiers = new[] { new { from = 5, price = 1500 } }, description_en = "**All** of it\n\nmore", description_zh = "全部功能" });
        await Offer(owner, "First", new { shop_group = "Keys", shop_order = 1, price = 0 });
        await Offer(owner, "By hand", new { shop_order = 5, delivery = "hand" });
        var stocked = await Offer(owner, "Stocked", new { shop_order = 6 });
        var batch = (string)(await owner.PostApi("/api/keys/generate", new { plan = stocked, count = 2 }))["batch_id"]!;
        await owner.PatchApi("/api/plans/" + stocked, new { stock_batch = batch });

        var page = await server.Browser().Get("/shop");
        Assert.Equal(["First", "Late", "By hand", "Stocked"], page.Document.QuerySelectorAll(".gh-offer:not(.gh-have) h3").Select(h => h.TextContent));
        Assert.Equal(["Everything 4", "Keys 2", "Other 2"], page.Document.QuerySelectorAll(".gh-chips a").Select(a => a.TextContent.Trim()));
        string Card(TestPage of, string name) => string.Join(' ', of.Document.QuerySelectorAll(".gh-offer").Single(c => c.QuerySelector("h3")!.TextContent == name).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("All of it ¥19.90From 5, ¥15 eachDelivered at once Buy", Card(page, "Late"));
        Assert.Contains("FreeDelivered at once Get it", Card(page, "First"));
        Assert.Contains("Delivered by hand", Card(page, "By hand"));
        Assert.Contains("2 left", Card(page, "Stocked"));
        Assert.Equal("First", page.One(".gh-offer.main h3").TextContent);

        Assert.Equal(["First", "Late"], (await server.Browser().Get("/shop?group=Keys")).Document.QuerySelectorAll(".gh-offer:not(.gh-have) h3").Select(h => h.TextContent));
        Assert.Equal(["Late"], (await server.Browser("zh").Get("/shop?q=" + Uri.EscapeDataString("全部功能"))).Document.QuerySelectorAll(".gh-offer h3").Select(h => h.TextContent));
        Assert.Contains("Nothing here matches", (await server.Browser().Get("/shop?q=zebra")).Text);

        await server.Http.PostApi("/api/shop/orders", new { plan = stocked, quantity = 2, email = "guest@example.com", channel = await Channel(owner) });
        Assert.Contains("Sold out Look", Card(await server.Browser().Get("/shop"), "Stocked"));
        var gone = await server.Browser().Get("/buy/" + stocked);
        Assert.Contains("This is sold out", gone.Text);
        Assert.Empty(gone.Document.QuerySelectorAll("form#buy"));
    }

    [Fact]
    public async Task No_node_shows_a_page_that_it_kept_once_a_price_or_what_is_left_is_another()
    {
        await using var nodes = await Nodes.Start();
        var owner = await nodes.A.As(Role.Owner);
        var plan = await Offer(owner, "VIP");
        var batch = (string)(await owner.PostApi("/api/keys/generate", new { plan, count = 1 }))["batch_id"]!;
        async Task<string[]> Cards() => await Task.WhenAll(new[] { nodes.A, nodes.B }.Select(async n => string.Join(' ', (await n.Browser().Get("/shop")).One(".gh-offer:not(.gh-have)").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
        Assert.All(await Cards(), c => Assert.Contains("¥19.90Delivered at once", c));
        Assert.All(await Cards(), c => Assert.Contains("¥19.90Delivered at once", c));
        await owner.PatchApi("/api/plans/" + plan, new { price = 2000, stock_batch = batch });
        Assert.All(await Cards(), c => Assert.Contains("¥201 left", c));
        await nodes.B.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel = await Channel(owner) });
        Assert.All(await Cards(), c => Assert.Contains("Sold out", c));
        // Past every door of ours.
        await nodes.A.Db.Write(s => s.Execute("UPDATE plans SET name = 'Gold' WHERE id = @id", ("id", plan)));
        Assert.All(await Cards(), c => Assert.Contains("Gold", c));
    }

    [Fact]
    public async Task A_page_that_is_kept_has_nothing_of_who_saw_it_before()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await Offer(owner, "VIP");
        var account = await server.Staff.Customer();
        var mine = await (await Helpdesk.Browser(server, account)).Get("/shop");
        var pages = new[] { await server.Browser().Get("/shop"), await server.Browser().Get("/shop") };
        Assert.NotEmpty(mine.Document.QuerySelectorAll(".gh-avatar"));
        Assert.All(pages, p => Assert.Empty(p.Document.QuerySelectorAll(".gh-avatar")));
        string Token(TestPage of) => of.Document.QuerySelector("[name=_csrf]")!.GetAttribute("value")!;
        Assert.Equal(3, pages.Append(mine).Select(Token).Distinct().Count());
        Assert.All(pages, p => Assert.Equal(p.Html.Split(Token(p)).Length, pages[0].Html.Split(Token(pages[0])).Length));
        Assert.Equal(pages[0].Html.Replace(Token(pages[0]), ""), pages[1].Html.Replace(Token(pages[1]), ""));
        // Every part of it is the visitor's own: a form of a page that was kept works.
        var browser = server.Browser();
        var zh = await browser.Submit(await browser.Get("/shop"), "form[action='/preferences/language']", new() { ["language"] = "zh" });
        Assert.Equal("zh-CN", zh.One("html").GetAttribute("lang"));
        Assert.Equal("zh-CN", (await browser.Get("/shop")).One("html").GetAttribute("lang"));
        Assert.Equal("en", (await server.Browser().Get("/shop")).One("html").GetAttribute("lang"));
        Assert.Contains("group=none", (await browser.Get("/shop?group=none")).One("form[action='/preferences/language'] [name=return]").GetAttribute("value"));
    }

    [Theory, BothEngines]
    public async Task A_guest_orders_once_however_often_the_button_is_pressed(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (plan, channel) = (await Offer(owner, "VIP", new { tiers = new[] { new { from = 5, price = 1500 } }, description_en = "# What\n<script>alert(1)</script> **bold**", order_limit = 20 }), await Channel(owner));
        var browser = server.Browser();
        var form = await browser.Get((await browser.Get("/")).One(".gh-offer a.btn").GetAttribute("href")!);
        Assert.Equal("bold", form.One(".gh-article strong").TextContent);
        Assert.Empty(form.Document.QuerySelectorAll(".gh-article script"));
        Assert.Equal("¥19.90", form.One("#sum b").TextContent);
        Assert.Equal(channel, form.One("[name=channel][checked]").GetAttribute("value"));

        // Worked out without an order.
        var reckoned = await browser.Submit(form, "form#buy", new() { ["quantity"] = "6", ["email"] = "a", ["look"] = "1" });
        Assert.Equal(("¥90", "a", HttpStatusCode.OK), (reckoned.One("#sum b").TextContent, reckoned.One("#email").GetAttribute("value"), reckoned.Status));

        var wrong = await browser.Submit(form, "form#buy", new() { ["quantity"] = "21", ["email"] = "nobody", ["lookup"] = "my word" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(["email"], wrong.Document.QuerySelectorAll("form#buy .invalid-feedback[id]").Select(e => e.Id!.Replace("-error", "")));
        Assert.Equal(("21", "nobody", "my word"), (wrong.One("#quantity").GetAttribute("value"), wrong.One("#email").GetAttribute("value"), wrong.One("#lookup").GetAttribute("value")));
        Assert.Equal("quantity-error", (await browser.Submit(wrong, "form#buy", new() { ["email"] = "lin@example.com" })).One("form#buy .invalid-feedback[id]").Id);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM orders")));

        var typed = new Dictionary<string, string?> { ["quantity"] = "6", ["email"] = "lin@example.com", ["lookup"] = "my word" };
        var pressed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.Submit(form, "form#buy", typed, follow: false)));
        Assert.All(pressed, p => Assert.Equal(HttpStatusCode.SeeOther, p.Status));
        Assert.StartsWith("/orders/", Assert.Single(pressed.Select(p => p.Location).Distinct()));
        Assert.Equal((1L, 9000L), await server.Db.Read(async s => (await s.Number("SELECT COUNT(*) FROM orders"), await s.Number("SELECT amount FROM orders"))));
        Assert.Contains("Bank 1234", (await browser.Get(pressed[0].Location!)).Text);
        // Another form is another order, and so is this one with something else in it.
        await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", typed);
        await browser.Submit(form, "form#buy", new(typed) { ["quantity"] = "1" });
        Assert.Equal(3, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM orders")));
    }

    [Fact]
    public async Task A_customer_pays_from_the_balance_or_is_told_that_it_is_not_enough()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var (plan, bank, balance) = (await Offer(owner, "VIP", new { person_limit = 2 }), await Channel(owner), await Channel(owner, "balance"));
        var account = await server.Staff.Customer();
        var browser = await Helpdesk.Browser(server, account);
        Assert.DoesNotContain(balance, (await server.Browser().Get("/buy/" + plan)).Html);

        var form = await browser.Get("/buy/" + plan);
        Assert.Empty(form.Document.QuerySelectorAll("#email, #lookup"));
        var poor = await browser.Submit(form, "form#buy", new() { ["channel"] = balance });
        Assert.Equal(HttpStatusCode.Conflict, poor.Status);
        Assert.Contains("There is not enough on the balance", poor.One("[role=alert]").TextContent);
        Assert.Equal(balance, poor.One("[name=channel][checked]").GetAttribute("value"));

        await owner.PostApi("/api/finance/topup", new { user = account, amount = 5000, currency = "CNY", reference = "cash" });
        Assert.Contains("¥50", (await browser.Get("/buy/" + plan)).One($"label:has([value='{balance}'])").TextContent);
        var done = await browser.Submit(poor, "form#buy");
        Assert.StartsWith("/orders/", done.Path);
        Assert.Contains("it is yours", done.Text);
        var limited = await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", new() { ["quantity"] = "2", ["channel"] = bank });
        Assert.Contains("One buyer may have at most 2 of this.", limited.One("[role=alert]").TextContent);
        Assert.Equal("2", limited.One("#quantity").GetAttribute("value"));
    }

    [Fact]
    public async Task Questions_are_asked_on_the_form_and_their_answers_stand_with_the_order()
    {
        await using var server = await TestServer.Start();
        var (owner, staff) = (await server.As(Role.Owner), await server.SignedIn(Role.Owner));
        var form = await staff.Get("/admin/plans/new");
        var made = await staff.Submit(form, "form#plan", new()
        {
            ["name"] = "Trial", ["price"] = "", ["on_sale"] = "true", ["trial"] = "true", ["delivery"] = "hand", ["form_en"] = "Server", ["form_zh"] = "服务器", ["form_kind"] = "choice", ["form_needed"] = "true", ["form_choices"] = "East，West",
        });
        var plan = made.Path["/admin/plans?made=".Length..];
        Assert.Equal("""[{"key":"f1","name_en":"Server","name_zh":"服务器","kind":"choice","required":true,"choices":["East","West"]}]""",
            System.Text.RegularExpressions.Regex.Unescape((await owner.GetApi("/api/plans/" + plan))["plan"]!["order_form"]!.ToJsonString()));
        Assert.Equal("East, West", (await staff.Get("/admin/plans/" + plan)).Document.QuerySelectorAll("[name=form_choices]")[0].GetAttribute("value"));

        var browser = server.Browser();
        var typed = new Dictionary<string, string?> { ["email"] = "lin@acme.example" };
        var missing = await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.Status);
        Assert.Equal("form.f1-error", missing.One("form#buy .invalid-feedback[id]").Id);
        var placed = await browser.Submit(missing, "form#buy", new() { ["form.f1"] = "West" });
        Assert.Contains("ServerWest", placed.One("main dl").TextContent.Replace("\n", "").Replace(" ", ""));
        var number = (string)(await owner.GetApi("/api/orders"))["items"]![0]!["number"]!;
        Assert.Contains("West", (await staff.Get("/admin/orders/" + number)).One("main").TextContent);
        Assert.Equal("West", (string)(await owner.GetApi("/api/orders/" + number))["story"]!["form"]![0]!["value"]!);

        var again = await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", new() { ["email"] = "wang@acme.example", ["form.f1"] = "East" });
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Contains("Each person gets this once", again.One("[role=alert]").TextContent);
        Assert.Equal("East", again.One("select option[selected]").GetAttribute("value"));
        var offer = (await server.Http.GetApi("/api/shop/plans"))["items"]![0]!;
        Assert.Equal(("f1", "Server", true, true), ((string)offer["form"]![0]!["key"]!, (string)offer["form"]![0]!["name"]!, (bool)offer["form"]![0]!["required"]!, (bool)offer["trial"]!));
    }

    [Fact]
    public async Task Without_a_way_to_pay_it_says_so_and_what_is_free_needs_none()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var (dear, free) = (await Offer(owner, "VIP"), await Offer(owner, "Trial", new { price = 0 }));
        var browser = server.Browser();
        Assert.Contains("no way to pay", (await browser.Get("/buy/" + dear)).Text);
        var done = await browser.Submit(await browser.Get("/buy/" + free), "form#buy", new() { ["email"] = "lin@example.com" });
        Assert.Contains("it is yours", done.Text);
    }
}
