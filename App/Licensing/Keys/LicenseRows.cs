using Gatehouse.Devices.Fingerprints;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Licensing.Keys;

/// <summary>
/// The rows of the list of keys, each put together as one piece of html: as elements they cost more than all the rest of the
/// page. Whatever somebody typed goes through <see cref="PartMarkup.Encode"/>; a key is letters, digits, dashes and underscores.
/// </summary>
internal sealed class LicenseRows(PageContext p, IEnumerable<PlanChoice> plans, bool all)
{
    /// <summary>The words over its columns, in order.</summary>
    public static readonly IReadOnlyList<string> Heads = ["keys.col.key", "keys.col.state", "keys.col.plan", "keys.col.machine", "keys.col.activated", "keys.col.expires"];

    // On a phone each value stands beside its head.
    private readonly string[] _heads = [.. Heads.Select(head => PartMarkup.Encode(p.Text[head]))];
    private readonly long _now = p.Now.ToUnixTimeMilliseconds();
    private readonly string _never = PartMarkup.Encode(p.Text["keys.never"]);
    private readonly string _select = PartMarkup.Encode(p.Text["list.select"]);
    private readonly string _copy = PartMarkup.Encode(p.Text["shell.copy_value"]);
    private readonly string _ticked = all ? " checked disabled" : "";
    private readonly Dictionary<string, string> _plans = plans.ToDictionary(c => c.Id, c => PartMarkup.Encode(c.Label(p.Text)));
    private readonly Dictionary<string, string> _badges = LicenseState.All.ToDictionary(s => s, s => StateBadge.Html(p, s));

    public MarkupString Of(LicenseLine k)
    {
        var key = k.Key;
        var note = k.Note.Length == 0 ? "" : $"<div class=\"gh-note\">{PartMarkup.Encode(k.Note)}</div>";
        var machine = k.Machine is null ? "" : PartMarkup.Encode(MachineCode.Mask(k.Machine)) + (k.Bindings > 1 ? $" +{k.Bindings - 1}" : "");
        var plan = _plans.TryGetValue(k.PlanId, out var label) ? label : "";
        var ends = k.UsedAt is null ? "" : k.ExpireAt is null ? _never : Time(k.ExpireAt, true);
        // The style sheet shows an empty cell as a dash, and leaves it out where rows are stacked.
        return new MarkupString(
            $"""
            <tr><td class="gh-tick"><input class="form-check-input" type="checkbox" name="key" value="{key}"{_ticked} aria-label="{Named(_select, key)}"></td><td class="gh-key"><a href="{LicenseLinks.List}/{key}">{key}</a><button type="button" class="gh-icon-btn sm gh-copy" data-copy="{key}" aria-label="{Named(_copy, key)}"></button>{note}</td><td data-label="{_heads[1]}">{_badges[k.StateAt(_now)]}</td><td data-label="{_heads[2]}">{plan}</td><td class="gh-mono" data-label="{_heads[3]}">{machine}</td><td data-label="{_heads[4]}">{Time(k.UsedAt, false)}</td><td data-label="{_heads[5]}">{ends}</td></tr>

            """);
    }

    private string Time(long? at, bool relative) => at is null ? "" : PartMarkup.When(p, at, relative, "");

    private static string Named(string words, string key) => words.Replace("{0}", key, StringComparison.Ordinal);
}
