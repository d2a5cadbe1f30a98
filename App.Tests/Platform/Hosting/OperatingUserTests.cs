using Gatehouse.Platform.Hosting;

namespace Gatehouse.Tests.Platform.Hosting;

/// <summary>The program's user has a name, also where the system has none for it.</summary>
public sealed class OperatingUserTests
{
    [Fact]
    public void A_user_without_a_name_goes_by_its_number()
    {
        Assert.Equal("gatehouse", OperatingUser.Named(() => "gatehouse"));
        Assert.Matches("^uid [0-9]+$", OperatingUser.Named(() => ""));
        Assert.Matches("^uid [0-9]+$", OperatingUser.Named(() => throw new IOException("no passwd")));
    }
}
