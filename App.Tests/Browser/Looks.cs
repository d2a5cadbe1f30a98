using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>What a journey sees wrong with the pages it passes.</summary>
/// <param name="name">Of the pictures, where <c>GATEHOUSE_PICTURES</c> names a folder for them.</param>
internal sealed class Looks(Window window, string name, bool script = true)
{
    private readonly List<string> _wrong = [];

    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>Looks at the page that is there.</summary>
    public async Task At(string what)
    {
        if (await window.ScrollsSideways())
            _wrong.Add($"{what}: wider than the window");
        if (script)
            _wrong.AddRange((await window.Axe()).Select(found => $"{what}: {found}"));
        _wrong.AddRange((await window.Squeezed()).Select(text => $"{what}: a letter a line: {text}"));
        if (Environment.GetEnvironmentVariable("GATEHOUSE_PICTURES") is { Length: > 0 } folder)
            await window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{what}-{name}.png"), FullPage = true, Caret = ScreenshotCaret.Initial });
    }
}
