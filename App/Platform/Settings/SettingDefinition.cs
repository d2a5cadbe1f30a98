namespace Gatehouse.Platform.Settings;

/// <summary>How a setting is typed in. <see cref="Several"/>: any of its choices, also none.</summary>
public enum SettingKind { Text, Code, Number, TimeZone, Several }

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
    /// <summary>What may be chosen, where several may, and the keys of their words; in the order they are shown and stored in.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices { get; init; } = [];

    /// <summary>Nobody but an owner changes it.</summary>
    public bool OwnersOnly { get; init; }

    /// <summary>One of which several are chosen; none by default. Stored parted by spaces, given so or by commas.</summary>
    public static SettingDefinition Several(string name, int order, IReadOnlyList<(string Value, string Label)> choices) => new(name, order, SettingKind.Several, "",
        value => Chosen(value).All(chosen => choices.Any(c => c.Value == chosen)), value => string.Join(' ', Chosen(value).Distinct().OrderBy(chosen => choices.TakeWhile(c => c.Value != chosen).Count()))) { Choices = choices };

    /// <summary>What is chosen, of a value of kind <see cref="SettingKind.Several"/>.</summary>
    public static IReadOnlyList<string> Chosen(string value) => value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
