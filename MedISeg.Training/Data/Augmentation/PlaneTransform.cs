namespace MedISeg.Training.Data.Augmentation;

/// <summary>Shift, scale and turn of an image of one plane about its middle, in pixels.</summary>
/// <remarks>Source: albumentations 1.3 <c>ShiftScaleRotate</c>: the middle is (width / 2 - 1/2, height / 2 - 1/2), a positive angle turns
/// against the clock as one looks at the picture, shifts are shares of the extent; checked against golden <c>aug2d</c>.</remarks>
internal readonly record struct PlaneTransform
{
    private readonly double _alpha, _beta, _x, _y, _determinant;

    /// <summary>Makes a transform.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="degrees">Angle.</param>
    /// <param name="scale">Factor, above 0; larger shows things larger.</param>
    /// <param name="shiftX">Share of the width by which things move towards higher columns.</param>
    /// <param name="shiftY">Share of the height by which things move towards higher rows.</param>
    public PlaneTransform(int height, int width, double degrees, double scale, double shiftX, double shiftY)
    {
        double angle = degrees * Math.PI / 180, middleX = width / 2.0 - 0.5, middleY = height / 2.0 - 0.5;
        _alpha = scale * Math.Cos(angle);
        _beta = scale * Math.Sin(angle);
        _x = (1 - _alpha) * middleX - _beta * middleY + shiftX * width;
        _y = _beta * middleX + (1 - _alpha) * middleY + shiftY * height;
        _determinant = scale * scale;
    }

    /// <summary>Rows of the matrix that brings (x, y, 1) of the source to the result.</summary>
    public double[][] Matrix => [[_alpha, _beta, _x], [-_beta, _alpha, _y]];

    /// <summary>Where a pixel of the source comes to lie.</summary>
    public (double X, double Y) Forward(double x, double y) => (_alpha * x + _beta * y + _x, -_beta * x + _alpha * y + _y);

    /// <summary>Which place of the source a pixel of the result shows.</summary>
    public (double X, double Y) Back(double x, double y)
    {
        double u = (x - _x) / _determinant, v = (y - _y) / _determinant;
        return (_alpha * u - _beta * v, _beta * u + _alpha * v);
    }
}
