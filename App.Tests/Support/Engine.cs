using System.Reflection;
using Xunit.Sdk;

namespace Gatehouse.Tests.Support;

public enum Engine { Sqlite, Postgres }

/// <summary>Runs a theory once on each storage engine; the test takes an <see cref="Engine"/>.</summary>
public sealed class BothEnginesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Engine.Sqlite], [Engine.Postgres]];
}
