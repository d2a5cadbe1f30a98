using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>Copies a value to the clipboard. Without script it is not shown.</summary>
public sealed class Copy : MarkupPart
{
    [Parameter, EditorRequired] public string Value { get; set; } = "";

    protected override void Take(string name, object? value) => Value = (string)value!;

    protected override string Markup() => PartMarkup.Copy(P, Value);
}

/// <summary>A state: a word beside its dot.</summary>
public sealed class Badge : MarkupPart
{
    /// <summary>The class that gives the dot its colour, such as active or revoked.</summary>
    [Parameter, EditorRequired] public string Kind { get; set; } = "";
    [Parameter, EditorRequired] public string Text { get; set; } = "";

    protected override void Take(string name, object? value)
    {
        switch (name)
        {
            case nameof(Kind): Kind = (string)value!; break;
            case nameof(Text): Text = (string)value!; break;
            default: throw new ArgumentException($"Badge has no {name}.");
        }
    }

    protected override string Markup() => PartMarkup.Badge(Kind, Text);
}

/// <summary>A time as people say it, the exact one in its title.</summary>
public sealed class When : MarkupPart
{
    /// <summary>Unix milliseconds.</summary>
    [Parameter, EditorRequired] public long? At { get; set; }
    /// <summary>"in 29 days" instead of "20 Nov, 09:14".</summary>
    [Parameter] public bool Relative { get; set; }
    [Parameter] public string Absent { get; set; } = "—";

    protected override void Take(string name, object? value)
    {
        switch (name)
        {
            case nameof(At): At = (long?)value; break;
            case nameof(Relative): Relative = (bool)value!; break;
            case nameof(Absent): Absent = (string)value!; break;
            default: throw new ArgumentException($"When has no {name}.");
        }
    }

    protected override string Markup() => PartMarkup.When(P, At, Relative, Absent);
}

/// <summary>An IP address, and where it is as far as that is known.</summary>
public sealed class Origin : MarkupPart
{
    /// <summary>Null: not known.</summary>
    [Parameter, EditorRequired] public string? Ip { get; set; }

    protected override void Take(string name, object? value) => Ip = (string?)value;

    protected override string Markup() => PartMarkup.Origin(P, Ip);
}
