using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Licensing.Licenses;

/// <summary>A key's state: a word beside its dot.</summary>
public sealed class StateBadge : MarkupPart
{
    /// <summary>One of <see cref="LicenseState.All"/>.</summary>
    [Parameter, EditorRequired] public string State { get; set; } = "";

    protected override void Take(string name, object? value) => State = (string)value!;

    protected override string Markup() => Html(P, State);

    internal static string Html(PageContext p, string state) => PartMarkup.Badge(state, p.Text["state." + state]);
}
