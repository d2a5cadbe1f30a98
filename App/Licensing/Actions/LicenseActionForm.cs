using System.Globalization;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Actions;

/// <summary>How an action on keys is put to people: keys of the language files, an icon, and whether it takes something away.</summary>
/// <param name="Ask">Its gap takes what it is done to: a key, or "12 keys".</param>
/// <param name="Means">What follows from it.</param>
/// <param name="Done">Told when it was done to one key.</param>
/// <param name="DoneMany">Told when it was done to many; its gap takes how many.</param>
public sealed record ActionWords(string Label, string Ask, string Means, string Done, string DoneMany, string Icon, bool Danger = false)
{
    /// <summary>By the name of the action, in the order they are shown.</summary>
    public static readonly IReadOnlyDictionary<string, ActionWords> Of = new OrderedDictionary<string, ActionWords>
    {
        [ActionName.Suspend] = new("keys.action.suspend", "keys.ask.suspend", "keys.means.suspend", "keys.did.suspend", "keys.done.suspend", "ban"),
        [ActionName.Reinstate] = new("keys.action.reinstate", "keys.ask.reinstate", "keys.means.reinstate", "keys.did.reinstate", "keys.done.reinstate", "play"),
        [ActionName.Extend] = new("keys.action.extend", "keys.ask.extend", "keys.means.extend", "keys.did.extend", "keys.done.extend", "calendar"),
        [ActionName.Plan] = new("keys.action.plan", "keys.ask.plan", "keys.means.plan", "keys.did.plan", "keys.done.plan", "tag"),
        [ActionName.Note] = new("keys.action.note", "keys.ask.note", "keys.means.note", "keys.did.note", "keys.done.note", "edit"),
        [ActionName.Prefix] = new("keys.action.prefix", "keys.ask.prefix", "keys.means.prefix", "keys.did.prefix", "keys.done.prefix", "key"),
        [ActionName.Unbind] = new("keys.action.unbind", "keys.ask.unbind", "keys.means.unbind", "keys.did.unbind", "keys.done.unbind", "device", true),
        [ActionName.Reset] = new("keys.action.reset", "keys.ask.reset", "keys.means.reset", "keys.did.reset", "keys.done.reset", "refresh", true),
        [ActionName.Revoke] = new("keys.action.revoke", "keys.ask.revoke", "keys.means.revoke", "keys.did.revoke", "keys.done.revoke", "x", true),
        [ActionName.Delete] = new("keys.action.delete", "keys.ask.delete", "keys.means.delete", "keys.did.delete", "keys.done.delete", "trash", true),
    };

    /// <summary>What is offered for many keys at once.</summary>
    public static readonly IReadOnlyList<string> Bulk =
        [ActionName.Suspend, ActionName.Reinstate, ActionName.Extend, ActionName.Plan, ActionName.Revoke, ActionName.Delete];
}

/// <summary>What is typed into the form of an action, right or wrong.</summary>
public sealed record ActionForm
{
    public const string DefaultUnit = "days";

    /// <summary>The units that an extension is given in, with their seconds. The names are also the last part of their text.</summary>
    public static readonly IReadOnlyList<(string Name, long Seconds)> Units = [("minutes", 60), ("hours", 3600), ("days", 86400), ("years", 365 * 86400)];

    public string Amount { get; init; } = "";
    public string Unit { get; init; } = DefaultUnit;
    public string Plan { get; init; } = "";
    public string Prefix { get; init; } = "";
    public string Note { get; init; } = "";
    public string Machine { get; init; } = "";
    public string Reason { get; init; } = "";

    /// <summary>A preset that was pressed, over amount and unit.</summary>
    public string Seconds { get; init; } = "";

    public static ActionForm Read(IFormCollection form) => new()
    {
        Amount = form["amount"].ToString(), Unit = form["unit"].ToString() is { Length: > 0 } unit ? unit : DefaultUnit, Plan = form["new_plan"].ToString(), Prefix = form["prefix"].ToString(),
        Note = form["note"].ToString(), Machine = form["machine_code"].ToString(), Reason = form["reason"].ToString(), Seconds = form["seconds"].ToString(),
    };

    /// <exception cref="Refusal">422 on <c>seconds</c> when the time is no whole number of a unit.</exception>
    public LicenseAction ToAction(string name) => new(name,
        name == ActionName.Extend ? Time() : null,
        name == ActionName.Plan ? Plan : null,
        name == ActionName.Prefix ? Prefix : null,
        name == ActionName.Note ? Note : null,
        name == ActionName.Unbind && Machine.Length > 0 ? Machine : null,
        string.IsNullOrWhiteSpace(Reason) ? null : Reason);

    private long? Time()
    {
        if (Seconds.Length > 0 && long.TryParse(Seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var preset))
            return preset;
        if (string.IsNullOrWhiteSpace(Amount))
            return null;
        var unit = Units.FirstOrDefault(u => u.Name == Unit).Seconds;
        return unit > 0 && long.TryParse(Amount.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and <= 10_000_000
            ? amount * unit : throw Refusal.Field("seconds", "field.range", 1, 10_000_000);
    }
}
