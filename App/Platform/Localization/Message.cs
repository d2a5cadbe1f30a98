namespace Gatehouse.Platform.Localization;

/// <summary>A text of the language files with what goes into its gaps.</summary>
public readonly record struct Message(string Key, params object[] Args);
