using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Settings;

/// <summary>How a setting is typed in. A secret is sealed where it is stored and shown to nobody; of <see cref="Several"/>, any of its choices, also none.</summary>
public enum SettingKind { Text, Code, Number, TimeZone, Choice, Several, Secret }

/// <summary>
/// Something an operator changes at run time, declared by its feature. Its words are the language files' <c>setting.NAME</c>,
/// <c>setting.NAME.hint</c> and <c>setting.NAME.wrong</c>.
/// </summary>
/// <param name="Name">Stable: the field of the API and of the form.</param>
/// <param name="Order">Where it stands on the page, the least first.</param>
/// <param name="Valid">Asked with the value as <paramref name="Normal"/> has made it.</param>
/// <param name="Normal">Writes a value as it is stored, such as in capitals.</param>
public sealed record SettingDefinition(string Name, int Order, SettingKind Kind, string Default, Func<string, bool> Valid, Func<string, string>? Normal = null)
{
    /// <summary>Null: it stands by itself.</summary>
    public SettingGroup? Group { get; init; }

    /// <summary>The option of the configuration that says its default, where whoever runs the server has set it.</summary>
    public string? Option { get; init; }

    /// <summary>May it be empty?</summary>
    public bool Optional { get; init; }

    /// <summary>In characters.</summary>
    public int MaxLength { get; init; } = 200;

    /// <summary>May it have several lines?</summary>
    public bool Lines { get; init; }

    /// <summary>What may be chosen, where one or several may, with the keys of the words; in the order they are shown and stored in.</summary>
    public IReadOnlyList<(string Value, string Words)> Choices { get; init; } = [];

    /// <summary>Nobody but an owner changes it.</summary>
    public bool OwnersOnly { get; init; }

    /// <summary>The key of the words for why whoever changes it must not set that value, such as that it would shut themselves out; they may hold the address. Null when they may.</summary>
    public Func<string, Caller, string?>? Unsuited { get; init; }

    /// <summary>One of which several are chosen; none by default. Stored parted by spaces, given so or by commas.</summary>
    public static SettingDefinition Several(string name, int order, IReadOnlyList<(string Value, string Words)> choices) => new(name, order, SettingKind.Several, "",
        value => Chosen(value).All(chosen => choices.Any(c => c.Value == chosen)), value => string.Join(' ', Chosen(value).Distinct().OrderBy(chosen => choices.TakeWhile(c => c.Value != chosen).Count()))) { Choices = choices };

    /// <summary>What is chosen, of a value of kind <see cref="SettingKind.Several"/>.</summary>
    public static IReadOnlyList<string> Chosen(string value) => value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>
/// Settings about one thing: an object of the API, a form of the page. Their names begin with the group's and a dot. Its words are
/// <c>setting.NAME</c> and <c>setting.NAME.hint</c>.
/// </summary>
/// <param name="Check">What is wrong with the values together, by the setting's name and the key of the words; asked with each value as it would be.</param>
public sealed record SettingGroup(string Name, Func<Func<SettingDefinition, string>, IEnumerable<(SettingDefinition Setting, string Words)>> Check);
