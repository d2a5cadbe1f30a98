using System.Globalization;
using System.Text.RegularExpressions;

namespace Gatehouse.Accounts.Brands;

/// <summary>
/// The colour of a site. People choose one; what stands on it and what is written in it follows so that all of it can be read
/// (WCAG 2.2, 1.4.3: 4.5 to 1).
/// </summary>
public static partial class BrandColour
{
    /// <summary>Text of normal size must stand out by this much from what it stands on.</summary>
    public const double Readable = 4.5;

    // The darkest and the lightest that pages of the house have behind text, with the tints of the brand.
    private const string OnLight = "#dedede", OnDark = "#1a3440";
    private const string White = "#ffffff", Ink = "#0b1220";

    /// <summary>Is it <c>#rrggbb</c>, in small letters?</summary>
    public static bool IsColour(string text) => Colour().IsMatch(text);

    /// <summary>How much two colours stand out from each other, 1 to 21 (WCAG 2.2, "contrast ratio").</summary>
    public static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>White or near black, whichever is easier to read on it: one of them always is readable.</summary>
    public static string TextOn(string colour) => Contrast(colour, White) >= Readable || Contrast(colour, White) >= Contrast(colour, Ink) ? White : Ink;

    /// <summary>The same colour, darker or lighter by no more than it takes to be read on that ground.</summary>
    public static string ReadableOn(string colour, string ground)
    {
        var end = Luminance(ground) > 0.18 ? "#000000" : White;
        for (var share = 0; share <= 100; share += 2)
            if (Mix(colour, end, share / 100.0) is var mixed && Contrast(mixed, ground) >= Readable)
                return mixed;
        return end;
    }

    /// <summary>The address of the style sheet for a colour: the colour is all that is in it.</summary>
    public static string Style(string colour) => $"/brand/{colour[1..]}.css";

    /// <summary>The style sheet: the brand's variables, for light and dark.</summary>
    public static string Css(string colour)
    {
        var (light, dark) = (ReadableOn(colour, OnLight), ReadableOn(colour, OnDark));
        var (strongLight, strongDark) = (Mix(light, "#000000", 0.2), Mix(dark, White, 0.25));
        // Twice: more than the sheet that sets them, whatever the order.
        return $$"""
            :root:root {
              --gh-brand: light-dark({{light}}, {{dark}});
              --gh-brand-strong: light-dark({{strongLight}}, {{strongDark}});
              --gh-brand-ink: light-dark({{TextOn(light)}}, {{TextOn(dark)}});
              --gh-brand-soft: light-dark({{Mix(light, White, 0.89)}}, {{Mix(dark, "#0b1a22", 0.83)}});
              --gh-brand-faint: light-dark({{Mix(light, White, 0.94)}}, {{Mix(dark, "#0f1c26", 0.91)}});
            }

            """;
    }

    private static string Mix(string colour, string with, double share)
    {
        var (a, b) = (Parts(colour), Parts(with));
        return "#" + string.Concat(a.Zip(b, (x, y) => ((int)Math.Round(x + (y - x) * share)).ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static double Luminance(string colour)
    {
        var linear = Array.ConvertAll(Parts(colour), part => part / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    private static int[] Parts(string colour) => [.. new[] { 1, 3, 5 }.Select(at => int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    [GeneratedRegex("^#[0-9a-f]{6}\\z")]
    private static partial Regex Colour();
}
