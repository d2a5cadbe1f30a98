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
        // The style sheet shows an empty cell as a dash.
        return new MarkupString(
            $"""
            <tr><td><input class="form-check-input" type="checkbox" name="key" value="{key}"{_ticked} aria-label="{Named(_select, key)}"></td><td class="gh-key"><a href="{LicenseLinks.List}/{key}">{key}</a><button type="button" class="gh-icon-btn sm gh-copy" data-copy="{key}" aria-label="{Named(_copy, key)}"></button>{note}</td><td>{_badges[k.StateAt(_now)]}</td><td>{plan}</td><td class="gh-mono">{machine}</td><td>{Time(k.UsedAt, false)}</td><td>{ends}</td></tr>

            """);
    }

    private string Time(long? at, bool relative) => at is null ? "" : PartMarkup.When(p, at, relative, "");

    private static string Named(string words, string key) => words.Replace("{0}", key, StringComparison.Ordinal);
}
