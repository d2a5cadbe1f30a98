namespace Gatehouse.Platform.Settings;

/// <summary>How a setting is typed in.</summary>
public enum SettingKind { Text, Code, Number, TimeZone }

/// <summary>
/// Something an operator changes at run time, declared by its feature. Its words are the language files' <c>setting.NAME</c>,
/// <c>setting.NAME.hint</c> and <c>setting.NAME.wrong</c>.
/// </summary>
/// <param name="Name">Stable: the field of the API and of the form.</param>
/// <param name="Order">Where it stands on the page, the least first.</param>
/// <param name="Valid">Asked with the value as <paramref name="Normal"/> has made it.</param>
/// <param name="Normal">Writes a value as it is stored, such as in capitals.</param>
public sealed record SettingDefinition(string Name, int Order, SettingKind Kind, string Default, Func<string, bool> Valid, Func<string, string>? Normal = null);
