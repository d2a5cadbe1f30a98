using Gatehouse.Platform.Http;
using Gatehouse.Relays.Acls;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Relays.Tailnets.TailnetBed;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>A rental that is connected with its person's tailnet.</summary>
public sealed class TailnetTests
{
    [Theory, BothEngines]
    public async Task Its_machines_are_the_devices_whatever_their_keys_are(Engine engine)
    {
        await using var bed = await TailnetBed.Make(engine);
        var (who, rental, fake) = (bed.Who, bed.Rental, bed.Fake);
        fake.Device("n1", Key('a'), "laptop");
        fake.Device("n2", Key('b'), "nas", created: "2026-02-01T00:00:00Z");
        fake.Device("n9", Key('9'), "theirs", external: true);
        await bed.Server.Db.Write(s => bed.Server.Service<DeviceService>().Add(s, Caller.DefaultTenant, who.Id!, Key('e'), "By hand", rental));
        await bed.Tailnets.Connect(who, rental, Usual, default);
        Assert.Equal([Key('a'), Key('b'), Key('e')], await bed.Keys());
        Assert.Equal((2, 2, 0), await bed.Now() is { } first ? (first.Machines, first.LetIn, first.LeftOut) : default);
        Assert.Equal(0, await bed.Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM tailnets WHERE sealed_secret LIKE '%tskey%'")));

        // Signed in again, one has another key; one is gone; two are new, and there is room for one: the one that was made first.
        fake.Device("n1", Key('c'), "laptop");
        fake.Remove("n2");
        fake.Device("n3", Key('d'), "late", created: "2026-03-02T00:00:00Z");
        fake.Device("n4", Key('f'), "early", created: "2026-03-01T00:00:00Z");
        await bed.Later();
        Assert.Equal([Key('c'), Key('e'), Key('f')], await bed.Keys());
        Assert.Equal((3, 2, 1), await bed.Now() is { } second ? (second.Machines, second.LetIn, second.LeftOut) : default);
        Assert.Equal(3, await bed.Server.Db.Read(s => s.Number("SELECT machines FROM acl_choices WHERE rental_id = @id", ("id", rental))));

        // What its person removes stays out.
        await bed.Server.Db.Write(s => bed.Server.Service<DeviceService>().Remove(s, Caller.DefaultTenant, who.Id!, Key('f'), rental));
        await bed.Later();
        Assert.Equal([Key('c'), Key('d'), Key('e')], await bed.Keys());

        // By tag, and by who was there last.
        fake.Device("n5", Key('1'), "tagged", "tag:home", created: "2026-04-01T00:00:00Z");
        await bed.Tailnets.Connect(who, rental, Usual with { Secret = "", Tag = "tag:home", Choose = Tailnet.Recent }, default);
        Assert.Equal([Key('1'), Key('e')], await bed.Keys());
        await bed.Tailnets.Disconnect(who, rental, default);
        Assert.Equal([Key('1'), Key('e')], await bed.Keys());
        Assert.Null(await bed.Now());
        Assert.Empty(bed.Server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Many_looks_at_once_let_in_as_many_as_may(Engine engine)
    {
        await using var bed = await TailnetBed.Make(engine);
        for (var i = 0; i < 9; i++)
            bed.Fake.Device($"n{i}", RelayBench.NodeKey());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => bed.Tailnets.Connect(bed.Who, bed.Rental, Usual, default))));
        Assert.Equal(3, (await bed.Keys()).Count);
        Assert.Equal((9, 3, 6), await bed.Now() is { } t ? (t.Machines, t.LetIn, t.LeftOut) : default);
        Assert.Equal("tailnet.wrong.sure", await Says(() => bed.Deliver(), "sure"));
        Assert.NotNull(await bed.Deliver(sure: true));
    }

    [Fact]
    public async Task The_map_goes_into_the_policy_and_nothing_else_changes()
    {
        await using var bed = await TailnetBed.Make();
        var (who, rental, fake, before) = (bed.Who, bed.Rental, bed.Fake, bed.Fake.Policy);
        await bed.Tailnets.Connect(who, rental, Usual, default);
        var preview = await bed.Tailnets.Preview(who, rental, default);
        Assert.Equal(before, fake.Policy);
        Assert.Contains(preview.Diff, d => d.Sign == '+' && d.Text.Contains("derpMap", StringComparison.Ordinal));
        Assert.DoesNotContain(preview.Diff, d => d.Sign == '-');

        // Twice somebody is quicker: what they wrote stays.
        var quicker = 0;
        fake.BeforePut = () =>
        {
            if (quicker++ < 2)
                fake.Policy = fake.Policy.Replace("\t\"acls\"", $"\t// Edit {quicker}.\n\t\"acls\"", StringComparison.Ordinal);
        };
        var done = await bed.Tailnets.Deliver(who, rental, preview.Seen, false, default);
        Assert.Equal(3, quicker);
        Assert.Contains("// Edit 2.", fake.Policy, StringComparison.Ordinal);
        Assert.Contains("// Everybody may reach everything.", fake.Policy, StringComparison.Ordinal);
        Assert.Equal(done.Map, (await bed.Now())!.Delivered!.Map);
        Assert.Equal(before.Replace("\t\"acls\"", "\t// Edit 1.\n\t// Edit 2.\n\t\"acls\"", StringComparison.Ordinal), HuJsonEdit.Remove(fake.Policy, "derpMap"));
        Assert.Empty((await bed.Tailnets.Preview(who, rental, default)).Diff);

        // A relay that has moved is written without being asked.
        await bed.Server.Db.Write(s => s.Execute("UPDATE relay_slots SET port = port + 7000 WHERE rental_id = @id AND position = 1", ("id", rental)));
        await bed.Later();
        await Wait.Until(async () => (await bed.Now())!.Delivered!.Version > done.Version, "the map is written anew");

        // One that somebody has changed since is not overwritten; put back, it is.
        var ours = fake.Policy;
        fake.Policy = ours.Replace("\"OmitDefaultRegions\": false", "\"OmitDefaultRegions\": true", StringComparison.Ordinal);
        Assert.Equal("tailnet.fault.look_again", await Says(() => bed.Tailnets.Deliver(who, rental, preview.Seen, false, default), "tailnet"));
        Assert.Equal("tailnet.fault.changed", await Says(() => bed.Tailnets.Undo(who, rental, default), "tailnet"));
        fake.Policy = ours + "// more\n";
        Assert.True(await bed.Tailnets.Undo(who, rental, default));
        Assert.Equal(before.Replace("\t\"acls\"", "\t// Edit 1.\n\t// Edit 2.\n\t\"acls\"", StringComparison.Ordinal) + "// more\n", fake.Policy);
        Assert.Null((await bed.Now())!.Delivered);
        Assert.Empty(bed.Server.Errors.Lines);
    }

    [Fact]
    public async Task A_map_that_was_there_comes_back()
    {
        await using var bed = await TailnetBed.Make();
        var before = bed.Fake.Policy = "{\"derpMap\": {\"Regions\": {\"950\": {\"RegionID\": 950, \"RegionCode\": \"own\", \"Nodes\": []}}}, \"acls\": []}\n";
        await bed.Tailnets.Connect(bed.Who, bed.Rental, Usual, default);
        await bed.Deliver();
        Assert.Contains("\"950\"", bed.Fake.Policy, StringComparison.Ordinal);
        Assert.NotEqual(before, bed.Fake.Policy);
        await bed.Tailnets.Undo(bed.Who, bed.Rental, default);
        Assert.Equal(before, bed.Fake.Policy);
    }

    [Fact]
    public async Task What_does_not_go_is_said_in_words()
    {
        await using var bed = await TailnetBed.Make();
        var (who, rental, fake) = (bed.Who, bed.Rental, bed.Fake);
        Task Connect(TailnetWish wish) => bed.Tailnets.Connect(who, rental, wish, default);
        Assert.Equal("field.required", await Says(() => Connect(Usual with { Secret = "" }), "secret"));
        Assert.Equal("tailnet.wrong.secret", await Says(() => Connect(Usual with { Secret = "tskey-api-x" }), "secret"));
        Assert.Equal("tailnet.fault.client", await Says(() => Connect(Usual with { Secret = "tskey-client-other" }), "secret"));
        Assert.Equal("tailnet.wrong.tag", await Says(() => Connect(Usual with { Tag = "home" }), "tag"));
        fake.Scopes = "all";
        Assert.Equal("tailnet.wrong.all", await Says(() => Connect(Usual), "secret"));
        fake.Scopes = "policy_file:read devices:core:read";
        Assert.Equal("tailnet.fault.scope", await Says(() => Connect(Usual), "secret"));
        await Connect(Usual with { ReadOnly = true });
        Assert.NotEmpty((await bed.Tailnets.Preview(who, rental, default)).Diff);
        Assert.Equal("tailnet.wrong.read_only", await Says(() => bed.Deliver(), "tailnet"));
        fake.Scopes = "policy_file devices:core:read";
        await Connect(Usual);

        fake.Policy = "{\"broken\": 1}\n";
        Assert.Equal("tailnet.fault.broken_before", (await bed.Tailnets.Preview(who, rental, default)).Wrong?.Key);
        fake.Policy = "{]";
        Assert.Contains("policy", (await Assert.ThrowsAsync<Refusal>(() => bed.Tailnets.Preview(who, rental, default))).Fields.Keys);
        fake.Policy = "{\"derpMap\": {\"Regions\": {\"900\": {\"RegionID\": 900, \"RegionCode\": \"own\", \"RegionName\": \"Mine\", \"Nodes\": []}}}}\n";
        Assert.NotEmpty((await bed.Tailnets.Preview(who, rental, default)).Merge.Clashes);
        fake.Policy = "{}\n";
        fake.KeptElsewhere = true;
        Assert.Equal("https://git.example.com/policy", (await bed.Tailnets.Preview(who, rental, default)).KeptElsewhere);

        foreach (var (path, status, head, says) in new[]
        {
            ("acl", 403, "", "tailnet.fault.scope"), ("acl", 429, "Retry-After: 120\r\n", "tailnet.fault.too_many"), ("acl", 401, "", "tailnet.fault.client"), ("acl", 502, "", "tailnet.fault.broken"),
            ("acl", 302, "Location: http://127.0.0.1:1/\r\n", "tailnet.fault.odd"), ("acl/validate", 200, "", ""),
        })
        {
            fake.Fault = asked => asked == "/api/v2/tailnet/-/" + path ? (status, "<p>no</p>", head) : null;
            if (says.Length > 0)
                Assert.Equal(says, await Says(() => bed.Tailnets.Preview(who, rental, default), "tailnet"));
        }
        // Of itself it looks again after the pause that it was asked for.
        fake.Fault = asked => asked.EndsWith("/devices", StringComparison.Ordinal) ? (429, "{}", "Retry-After: 1800\r\n") : null;
        await bed.Later();
        await Wait.Until(async () => (await bed.Now())!.Failures == 1, "the look failed");
        Assert.Equal(("tailnet.fault.too_many", bed.Server.Clock.Now + 1_800_000), await bed.Now() is { } t ? (t.Error!.Value.Key, t.DueAt) : default);
        fake.Fault = _ => null;
        bed.Server.Clock.Advance(TimeSpan.FromMinutes(31));
        await bed.Sync.Tick(default);
        await Wait.Until(async () => (await bed.Now())!.Error is null, "it works again");
        Assert.Empty(bed.Server.Errors.Lines);
    }
}
