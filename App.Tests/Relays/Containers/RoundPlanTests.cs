using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Running;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>What is done on an engine, by what is wanted and what is there.</summary>
public sealed class RoundPlanTests
{
    private const string Owner = "own";
    private static readonly RelayContainer Spec = ContainerForms.Of(Owner, "c1", "r1", "s1", 20_000, "gatehouse/relay:1", "hash", new("https://keys.example.com", ""), "");

    [Theory]
    [InlineData(true, "waiting", null, true, null, "Run")]
    [InlineData(true, "running", "running", true, null, null)]
    [InlineData(true, "running", "restarting", true, null, null)]
    [InlineData(true, "running", "removing", true, null, null)]
    [InlineData(true, "running", "exited", true, null, "Run")]
    [InlineData(true, "running", "created", true, null, "Run")]
    [InlineData(true, "running", "paused", true, null, "Restart")]
    [InlineData(true, "running", "dead", true, null, "Renew")]
    [InlineData(true, "running", "running", false, null, "Renew")]
    [InlineData(true, "failed", null, true, 5L, "Run")]
    [InlineData(true, "failed", null, true, 15L, null)]
    [InlineData(true, "failed", null, true, 86_400_000L, "Run")]
    [InlineData(false, "running", "running", true, null, "Stop")]
    [InlineData(false, "stopped", "running", true, null, "Stop")]
    [InlineData(false, "stopped", "paused", false, null, "Stop")]
    [InlineData(false, "running", "exited", true, null, "Note")]
    [InlineData(false, "running", null, true, null, "Note")]
    [InlineData(false, "stopped", "exited", true, null, null)]
    [InlineData(false, "stopped", null, true, null, null)]
    public void Each_state_has_its_deed(bool run, string state, string? there, bool asWanted, long? retryAt, string? deed)
    {
        var wanted = new WantedRelay("default", "c1", "s1", "v1", "h", 20_000, "pin", run, 0, retryAt, state, 1, false, new Rental { Terms = null! });
        var plan = RoundPlan.Of(Owner, [wanted], run ? new Dictionary<string, RelayContainer> { ["c1"] = Spec } : [], there is null ? [] : [Container(Spec.Name, there, asWanted ? Spec.Spec : "other")], 10);
        Assert.Equal(deed, plan.Deeds.SingleOrDefault()?.Deed.ToString());
        Assert.Empty(plan.Strays);
    }

    [Theory]
    [InlineData("running", true, "Mend")]
    [InlineData("running", false, "Renew")]
    [InlineData("exited", true, "Renew")]
    [InlineData("removing", false, null)]
    public void What_somebody_changed_is_put_right_while_it_runs_or_made_anew(string there, bool live, string? deed)
    {
        var wanted = new WantedRelay("default", "c1", "s1", "v1", "h", 20_000, "pin", true, 0, null, "running", 1, false, new Rental { Terms = null! });
        var plan = RoundPlan.Of(Owner, [wanted], new Dictionary<string, RelayContainer> { ["c1"] = Spec }, [Container(Spec.Name, there, Spec.Spec)], 10, new Dictionary<string, IReadOnlyList<Difference>> { ["c1"] = [new("memory", "1", true), new("share", "2", live)] });
        Assert.Equal((deed, deed is null ? null : "memory share"), (plan.Deeds.SingleOrDefault()?.Deed.ToString(), plan.Deeds.SingleOrDefault()?.Changed));
    }

    [Fact]
    public void What_nobody_wants_there_is_a_stray()
    {
        var plan = RoundPlan.Of(Owner, [], new Dictionary<string, RelayContainer>(), [Container("gh-own-c2", "running", "x"), Container("renamed", "exited", "y")], 10);
        Assert.Equal(["gh-own-c2", "renamed"], plan.Strays.Select(c => c.Name));
        Assert.Equal(("c2", null), (ContainerForms.IdOf(Owner, "gh-own-c2"), ContainerForms.IdOf(Owner, "renamed")));
    }

    [Fact]
    public void Another_port_image_secret_or_way_is_another_container()
    {
        RelayContainer With(int port = 20_000, string image = "gatehouse/relay:1", string hash = "hash", string url = "https://keys.example.com", string folder = "") => ContainerForms.Of(Owner, "c1", "r1", "s1", port, image, hash, new(url, folder), "");
        Assert.Equal(Spec.Spec, With().Spec);
        Assert.Equal(6, new[] { With(), With(20_001), With(image: "gatehouse/relay:2"), With(hash: "other"), With(url: "https://other.example.com"), With(folder: "/data/link") }.Select(c => c.Spec).Distinct().Count());
    }

    private static EngineContainer Container(string name, string state, string spec) => new("id-" + name, name, state, "r1", "s1", spec);
}
