using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Relays.Rentals.Doors;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>Machines that relays did not let in, as their owner sees them.</summary>
public sealed class RefusedTests
{
    private static readonly IPAddress Mine = IPAddress.Parse("198.51.100.7");

    [Fact]
    public void A_relay_remembers_a_few_and_those_that_try_again_longest()
    {
        var refused = new RefusedDevices();
        NodeKey Key(int n) => NodeKey.TryParse(n.ToString("x64"), out var key) ? key : throw new InvalidOperationException();
        for (var i = 0; i < 3; i++)
            refused.Add(Key(1), Mine, i);
        // Ten thousand keys of one network, then as many from everywhere.
        for (var i = 0; i < 10_000; i++)
            refused.Add(Key(100 + i), IPAddress.Parse($"2001:db8:1:2::{i:x}"), 10 + i);
        Assert.Equal(RefusedDevices.MostOfOne + 1, refused.Since(-1).Count);
        for (var i = 0; i < 10_000; i++)
            refused.Add(Key(20_000 + i), new IPAddress([9, 9, (byte)(i >> 8), (byte)i]), 20_000 + i);
        var known = refused.Since(-1);
        Assert.Equal(RefusedDevices.Most, known.Count);
        Assert.Equal((Key(1).ToString(), "198.51.100.7", 2L), (known[^1].Key, known[^1].Address, known[^1].At));
        Assert.Equal(Key(29_999).ToString(), Assert.Single(refused.Since(29_998)).Key);
    }

    [Theory, BothEngines]
    public async Task A_rental_keeps_a_few_and_its_owner_hears_of_them_once(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1, DeviceLimit = 1 });
        var (book, who) = (bench.Shop.Get<RefusedBook>(), await bench.Person());
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES (@who, 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", who.Id)));
        var rental = await bench.Redeem(who, await bench.Serial());
        var slot = (await bench.Slots(rental)).Single().Id;
        Task Try(string key, string from) => book.Take([new(slot, key, from, 0)], default);
        Task<List<RefusedMachine>> All() => bench.Db.Read(s => RefusedStore.All(s, rental.Id));
        Task<long> Told() => bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.refused%'"));

        // Many at once, from everywhere and from one network.
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Try(RelayBench.NodeKey(), $"203.0.113.{i + 1}"))));
        bench.Shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => Try(RelayBench.NodeKey(), $"2001:db8:0:1::{i + 1:x}"))));
        var waiting = await All();
        Assert.Equal((RefusedStore.MostWaiting, 8, 1), (waiting.Count, waiting.Count(m => m.Address.Contains(':')), await Told()));

        // The limit holds, whoever is let in at once; who is, waits no more, and is none of those again.
        var let = await Task.WhenAll(waiting.Take(4).Select(m => Task.Run(async () =>
        {
            try
            {
                await bench.Db.Write(s => bench.Devices.Add(s, Caller.DefaultTenant, who.Id!, m.NodeKey, "", rental.Id));
                return m.NodeKey;
            }
            catch (Refusal refusal) when (refusal.Code == DeviceErrors.Limit.Code)
            {
                return null;
            }
        })));
        var key = Assert.Single(let.OfType<string>());
        await new RefusedBook(bench.Db, bench.Shop.Get<Gatehouse.Platform.Notices.INotices>(), [], bench.Shop.Clock).Take([new(slot, key, "203.0.113.9", 0)], default);
        Assert.DoesNotContain(await All(), m => m.NodeKey == key);

        // One that is removed tries again, and nobody is told; it can come back from where it is hidden.
        await bench.Db.Write(s => bench.Devices.Remove(s, Caller.DefaultTenant, who.Id!, key, null));
        await Try(key, "203.0.113.9");
        foreach (var other in (await All()).Where(m => m.HiddenAt is null))
            await bench.Db.Write(s => bench.Devices.Dismiss(s, Caller.DefaultTenant, who.Id!, other.NodeKey, rental.Id));
        var hidden = await All();
        Assert.All(hidden, m => Assert.NotNull(m.HiddenAt));
        Assert.Contains(hidden, m => m.NodeKey == key);

        // What was seen is news again, but no more often than that; and what was not, a day later.
        await Try(RelayBench.NodeKey(), "203.0.113.1");
        Assert.Equal(1, await Told());
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(11));
        await Try(RelayBench.NodeKey(), "203.0.113.1");
        Assert.Equal(1, await Told());
        bench.Shop.Clock.Advance(TimeSpan.FromDays(1));
        await Try(RelayBench.NodeKey(), "203.0.113.1");
        Assert.Equal(2, await Told());

        bench.Shop.Clock.Advance(TimeSpan.FromDays(8));
        await book.Tidy(default);
        Assert.All(await All(), m => Assert.NotNull(m.HiddenAt));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(25));
        await book.Tidy(default);
        Assert.Empty(await All());
        // After its end everybody is refused, which is no news of anybody.
        await Try(RelayBench.NodeKey(), "203.0.113.1");
        Assert.Empty(await All());
    }

    [Fact]
    public async Task A_machine_that_was_refused_is_on_the_page_and_let_in_with_one_press()
    {
        await using var server = await TestServer.Start();
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var (owner, account, browser) = (await server.As(Role.Owner), await server.Staff.Customer(), server.Browser());
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        var rental = (string)(await owner.PostApi("/api/rentals", new { account, plan = await Plan(owner) }))["rental"]!["id"]!;
        TestKey laptop = TestKey.New(), phone = TestKey.New();
        await using (var known = await Task.Run(async () =>
        {
            await server.Db.Write(s => server.Service<DeviceService>().Add(s, Caller.DefaultTenant, account, phone.Node, "Phone", rental));
            return await Admitted(server, rental, phone);
        }))
            Assert.False(await LetsIn(server, rental, laptop));
        await Wait.Until(async () => (await server.Db.Read(s => RefusedStore.All(s, rental))).Count > 0, "the relay tells whom it refused");
        var page = await browser.Get("/account/rentals/" + rental);
        Assert.Contains("127.0.0.1", page.One("#refused-now").TextContent, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", (await (await server.SignedIn(Role.Owner)).Get("/admin/rentals/" + rental)).One("#refused").TextContent, StringComparison.Ordinal);
        Assert.Null((await browser.Get($"/account/rentals/{rental}?live=1")).Document.QuerySelector("#acl"));
        page = await browser.Submit(page, "#refused-now form[action$='/devices']");
        Assert.Empty(page.Document.QuerySelectorAll("#refused-now form"));
        Assert.NotNull(page.Document.QuerySelector("#acl"));
        await using var there = await Admitted(server, rental, laptop);

        // Removed, it is where it can come back from.
        page = await browser.Post($"/account/rentals/{rental}/devices/remove", new() { ["_csrf"] = page.Document.QuerySelector("[name=_csrf]")!.GetAttribute("value")!, ["node_key"] = laptop.Node }, follow: true);
        Assert.Single(page.Document.QuerySelectorAll("#refused details form"));
        Assert.Empty(server.Errors.Lines);
    }
}
