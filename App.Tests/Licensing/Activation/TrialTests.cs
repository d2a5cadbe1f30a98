using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Activation;

/// <summary>A machine has one key of a trial, however many somebody got.</summary>
public sealed class TrialTests
{
    [Theory, BothEngines]
    public async Task A_machine_has_a_trial_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Trial", trial = true }))["plan"]!["id"]!;
        var keys = await owner.Keys(plan, 5);
        const string machine = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
        // At once, one of them is bound and the others are as new.
        var told = await Task.WhenAll(keys.Take(4).Select(key => server.Validate(key, machine)));
        Assert.Equal((1, 3), (told.Count(t => t.Code == Verdict.Valid), told.Count(t => t.Code == Verdict.MachineMismatch)));
        var mine = keys[told.ToList().FindIndex(t => t.Code == Verdict.Valid)];
        Assert.Equal(Verdict.Valid, (await server.Validate(mine, machine)).Code);
        Assert.Equal(Verdict.MachineMismatch, (await server.Validate(keys[4], "{" + machine.ToUpperInvariant() + "}")).Code);
        Assert.Equal(Verdict.Valid, (await server.Validate(keys[4], "another machine")).Code);
        Assert.Equal(3, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses WHERE state = 'unused'")));
        var browser = server.Browser();
        var refused = await browser.Submit(await browser.Get("/activate"), "form[action='/activate']", new() { ["key"] = keys[told.ToList().FindIndex(t => t.Code != Verdict.Valid)], ["machine"] = machine });
        Assert.Contains("This machine has had its trial", refused.Text);
    }
}
