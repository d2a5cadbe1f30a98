using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Hosting;

public class ProgramNameTests
{
    [Fact]
    public void It_is_called_as_a_shell_finds_it_here()
    {
        using var folder = new TestFolder();
        var (away, shadow) = (Path.Combine(folder.Path, "some where"), Directory.CreateDirectory(folder.File("other")).FullName);
        Directory.CreateDirectory(away);
        var own = Path.Combine(away, "gatehouse");
        File.WriteAllText(own, "");
        Assert.Equal("gatehouse", ProgramName.Of(null, own, $"/bin:{away}"));
        // Not on the path: by its whole name, as a shell takes it.
        Assert.Equal($"'{own}'", ProgramName.Of(null, own, "/bin"));
        Assert.Equal("/opt/gatehouse-0.1/gatehouse", ProgramName.Of("", "/opt/gatehouse-0.1/gatehouse", null));
        // By a link it is the same, and another one of that name is not.
        File.CreateSymbolicLink(Path.Combine(shadow, "gatehouse"), own);
        Assert.Equal("gatehouse", ProgramName.Of(null, own, shadow));
        File.Delete(Path.Combine(shadow, "gatehouse"));
        File.WriteAllText(Path.Combine(shadow, "gatehouse"), "");
        Assert.Equal($"'{own}'", ProgramName.Of(null, own, $"{shadow}:{away}"));
        Assert.Equal("docker compose exec gatehouse /gatehouse", ProgramName.Of("docker compose exec gatehouse /gatehouse", "/gatehouse", "/"));
        Assert.Equal("gatehouse", ProgramName.Of(null, "/usr/bin/dotnet", "/bin"));
    }
}
